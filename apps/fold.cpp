#include "apps/fold.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <map>
#include <typeinfo>

#include <keel/core/autograd.h>
#include <keel/core/error.h>
#include <keel/core/ops/elementwise.h>
#include <keel/core/ops/shape_ops.h>
#include <keel/layers/conv2d.h>
#include <keel/layers/dense.h>
#include <keel/layers/folding.h>
#include <keel/layers/norm.h>
#include <keel/layers/state.h>
#include <keel/layers/weight_rule.h>

#include "apps/exit_code.h"
#include "apps/train/checkpoint.h"

namespace keel {
namespace {

// A convolution or dense layer as it will be, in float64 until it is done.
struct FoldedLayer {
  std::string path;
  Tensor weight, bias;  // the bias is undefined where there is none

  void apply(const ChannelMap& map) {
    weight = weight * reshape(map.scale, per_filter(weight.shape()));
    bias = bias.defined() ? bias * map.scale + map.shift : map.shift;
  }
};

template <class Layer>
FoldedLayer as_used(const std::string& path, const Layer& layer) {
  FoldedLayer folded{path, layer.weight().used({}).to(DType::kFloat64), {}};
  if (layer.bias().defined()) folded.bias = layer.bias().to(DType::kFloat64);
  return folded;
}

void fold_into(std::vector<FoldedLayer>& layers, const std::string& path, const Module& module,
               const Foldable& norm) {
  check(!layers.empty(),
        "{} ({}) comes before every convolution and dense layer: there is none to fold it into",
        path, module.describe());
  try {
    layers.back().apply(norm.evaluation_map());
  } catch (Error& error) {
    error.add_context(path);
    throw;
  }
}

// The layers of the model with its norms folded into them. What is neither has to stand in the
// model without norms, too.
std::vector<FoldedLayer> folded_layers(Module& model, Module& without_norms) {
  std::map<std::string, const Module*> kept;
  for (const auto& [path, module] : modules_of(without_norms)) kept[path] = module;
  const auto stays = [&kept](const std::string& path, const Module& module) {
    const auto found = kept.find(path);
    if (found == kept.end()) return false;
    const Module& other = *found->second;
    return typeid(other) == typeid(module) && other.describe() == module.describe();
  };
  std::vector<FoldedLayer> layers;
  for (const auto& [path, module] : modules_of(model)) {
    if (const auto* conv = dynamic_cast<const Conv2d*>(module)) {
      layers.push_back(as_used(path, *conv));
    } else if (const auto* dense = dynamic_cast<const Dense*>(module)) {
      layers.push_back(as_used(path, *dense));
    } else if (const auto* norm = dynamic_cast<const Foldable*>(module)) {
      fold_into(layers, path, *module, *norm);
    } else {
      check(
          stays(path, *module),
          "{} ({}) cannot be folded: norms of running statistics can, which evaluate with a scale "
          "and a shift for each channel",
          path, module->describe());
    }
  }
  return layers;
}

// How far the logits of the two differ on random images, at most; NaN where one does.
struct LogitsDifference {
  double largest_logit, difference;
  std::int64_t images;
};

LogitsDifference compare_logits(const ImageShape& input, Module& model, Module& folded) {
  const NoGradGuard no_grad;
  constexpr std::int64_t kImages = 16;
  Rng rng(0);
  const Tensor images =
      Tensor::normal({kImages, input.height, input.width, input.channels}, 0, 1, rng);
  const Tensor expected = model.forward(images, {}), found = folded.forward(images, {});
  LogitsDifference result{.largest_logit = 0, .difference = 0, .images = kImages};
  for (std::int64_t i = 0; i < expected.numel(); ++i) {
    const double value = static_cast<double>(expected.data<float>()[i]);
    const double other = static_cast<double>(found.data<float>()[i]);
    const double difference = std::abs(other - value);
    if (std::isnan(difference)) return {result.largest_logit, difference, kImages};
    result.difference = std::max(result.difference, difference);
    result.largest_logit = std::max(result.largest_logit, std::abs(value));
  }
  return result;
}

}  // namespace

FoldedModel fold(const ModelSpec& spec, Module& model) {
  const NoGradGuard no_grad;
  FoldedModel folded{spec, nullptr};
  ModelOptions& options = folded.spec.options;
  const std::string& activation = norm_table().at(options.norm.norm.name).model_activation;
  if (options.activation.empty()) options.activation = activation;
  options.norm = "none";
  folded.model = build_model(folded.spec, 0);
  const std::vector<FoldedLayer> layers = folded_layers(model, *folded.model);
  for (StateEntry& entry : state_of(*folded.model)) {
    const auto layer = std::find_if(
        layers.begin(), layers.end(),
        [&](const FoldedLayer& candidate) { return entry.path.starts_with(candidate.path + "."); });
    check(layer != layers.end(), "fold: the model without normalisation has {}, this one has not",
          entry.path);
    entry.tensor.copy_from(entry.path.ends_with(".weight") ? layer->weight : layer->bias);
  }
  return folded;
}

int run_fold(const FoldCommand& command) {
  const Checkpoint checkpoint(command.checkpoint);
  check_is_not_checkpoint("--out", command.out, command.checkpoint);
  const ModulePtr model = checkpoint.model();
  const FoldedModel folded = fold(checkpoint.spec(), *model);
  const auto modules = modules_of(*model);
  check(std::any_of(modules.begin(), modules.end(),
                    [](const auto& entry) {
                      return dynamic_cast<const Foldable*>(entry.module) != nullptr;
                    }),
        "{}: there is nothing to fold, the model's normalisation is {}", command.checkpoint,
        to_text(checkpoint.spec().options.norm));
  const auto [largest, difference, images] =
      compare_logits(checkpoint.spec().options.input, *model, *folded.model);
  // A hundred times what rounding makes of it. Not `>`, which a NaN would pass.
  check(difference <= 1e-3 * std::max(largest, 1.0),
        "the folded model's logits differ by {:.1e}, its largest is {:.3g}: nothing is written",
        difference, largest);
  save_model(command.out, folded.spec, *folded.model);

  std::cout << fmt::format(
      "{} folded: {} parameters, {} before\n"
      "on {} random images the logits, up to {:.3g}, differ by {:.1e} at most\nwrote {}\n",
      to_text(checkpoint.spec().options.norm), parameter_count(*folded.model),
      parameter_count(*model), images, largest, difference, command.out);
  return kExitDone;
}

}  // namespace keel
