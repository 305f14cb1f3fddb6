#include "apps/fold.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>

#include <keel/core/autograd.h>
#include <keel/core/error.h>
#include <keel/core/ops/elementwise.h>
#include <keel/core/ops/shape_ops.h>
#include <keel/layers/conv2d.h>
#include <keel/layers/dense.h>
#include <keel/layers/folding.h>
#include <keel/layers/norm_options.h>
#include <keel/layers/state.h>

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

// Whether the module itself, and not a child of it, has parameters or buffers.
bool has_own_state(Module& module) {
  std::size_t of_children = 0;
  for (const ModuleEntry& child : modules_of(module)) {
    if (child.path.find('.') == std::string::npos) of_children += state_of(*child.module).size();
  }
  return state_of(module).size() > of_children;
}

std::vector<FoldedLayer> folded_layers(Module& model) {
  std::vector<FoldedLayer> layers;
  for (const auto& [path, module] : modules_of(model)) {
    if (const auto* conv = dynamic_cast<const Conv2d*>(module)) {
      layers.push_back(as_used(path, *conv));
    } else if (const auto* dense = dynamic_cast<const Dense*>(module)) {
      layers.push_back(as_used(path, *dense));
    } else if (const auto* norm = dynamic_cast<const Foldable*>(module)) {
      check(!layers.empty(),
            "{} ({}) comes before every convolution and dense layer: there is none "
            "to fold it into",
            path, module->describe());
      layers.back().apply(norm->evaluation_map());
    } else {
      check(!has_own_state(*module),
            "{} ({}) evaluates with more than constants per channel: it cannot be folded", path,
            module->describe());
    }
  }
  return layers;
}

}  // namespace

FoldedModel fold(const ModelSpec& spec, Module& model) {
  const NoGradGuard no_grad;
  const std::vector<FoldedLayer> layers = folded_layers(model);
  FoldedModel folded{spec, nullptr};
  folded.spec.options.norm = "none";
  folded.model = build_model(folded.spec, 0);
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
  std::error_code ignored;
  check(!std::filesystem::equivalent(command.checkpoint, command.out, ignored),
        "--out {}: is the checkpoint to be folded, which would be lost; choose another file",
        command.out);
  const ModulePtr model = checkpoint.model();
  const FoldedModel folded = fold(checkpoint.spec(), *model);
  save_model(command.out, folded.spec, *folded.model);

  const NoGradGuard no_grad;
  constexpr std::int64_t kImages = 16;
  const ImageShape& input = checkpoint.spec().options.input;
  Rng rng(0);
  const Tensor images =
      Tensor::normal({kImages, input.height, input.width, input.channels}, 0, 1, rng);
  const Tensor expected = model->forward(images, {}), found = folded.model->forward(images, {});
  double difference = 0, largest = 0;
  for (std::int64_t i = 0; i < expected.numel(); ++i) {
    const double value = static_cast<double>(expected.data<float>()[i]);
    difference =
        std::max(difference, std::abs(static_cast<double>(found.data<float>()[i]) - value));
    largest = std::max(largest, std::abs(value));
  }
  std::cout << fmt::format(
      "{} folded: {} parameters of {} are left\n"
      "on {} random images the logits, up to {:.3g}, differ by {:.1e} at most\nwrote {}\n",
      to_text(checkpoint.spec().options.norm), parameter_count(*folded.model),
      parameter_count(*model), kImages, largest, difference, command.out);
  return kExitDone;
}

}  // namespace keel
