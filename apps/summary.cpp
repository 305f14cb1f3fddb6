#include "apps/summary.h"

#include <iostream>

#include <fmt/ranges.h>

#include <keel/core/autograd.h>
#include <keel/core/error.h>
#include <keel/layers/state.h>

#include "apps/exit_code.h"
#include "apps/text/number_text.h"
#include "apps/text/text_table.h"
#include "apps/train/model_spec.h"
#include "apps/train/setting.h"

namespace keel {
namespace {

class LayerLister : public ForwardObserver {
 public:
  void observe(const std::string& path, Module& module, const Tensor&, const Tensor& y) override {
    // Children come first: what the last layer lies in is a container.
    if (!layers.empty() && layers.back().path.rfind(path + ".", 0) == 0) return;
    LayerSummary layer{.path = path,
                       .layer = module.describe(),
                       .output = Shape(std::span(y.shape().begin() + 1, y.shape().end())),
                       .parameters = parameter_count(module)};
    for (const StateEntry& state : parameters_of(module)) {
      if (state.kind != StateKind::kWeight && state.kind != StateKind::kConvWeight) continue;
      const std::int64_t uses = y.numel() / state.tensor.shape()[0];  // of each filter or row
      layer.multiply_adds += uses * state.tensor.numel();
    }
    layers.push_back(std::move(layer));
  }

  std::vector<LayerSummary> layers;
};

std::string count(std::int64_t value) {
  return count_text(static_cast<double>(value));
}

std::string extents(const Shape& shape) {
  return fmt::format("{}", fmt::join(shape, "x"));
}

}  // namespace

ModelSummary summarize_model(Module& model, const ImageShape& input) {
  const NoGradGuard no_grad;
  LayerLister lister;
  const Mode mode{.training = false, .observer = &lister};
  model.forward(Tensor::zeros({1, input.height, input.width, input.channels}), mode);
  ModelSummary summary{.layers = std::move(lister.layers), .parameters = parameter_count(model)};
  for (const LayerSummary& layer : summary.layers) summary.multiply_adds += layer.multiply_adds;
  return summary;
}

std::string summary_text(const ModelSummary& summary) {
  std::vector<TableRow> rows{{"path", "layer", "output", "parameters", "multiply-adds"}};
  for (const LayerSummary& layer : summary.layers) {
    rows.push_back({layer.path, layer.layer, extents(layer.output), count(layer.parameters),
                    count(layer.multiply_adds)});
  }
  rows.push_back({"total", "", "", count(summary.parameters), count(summary.multiply_adds)});
  constexpr std::int64_t kFloatBytes = 4;
  constexpr std::size_t kLeft = 3;  // path, layer, output
  return aligned(rows, kLeft) + fmt::format("parameters take {}; figures are for one image\n",
                                            bytes_text(kFloatBytes * summary.parameters));
}

nlohmann::ordered_json summary_json(const ModelSummary& summary) {
  auto layers = nlohmann::ordered_json::array();
  for (const LayerSummary& layer : summary.layers) {
    layers.push_back({{"path", layer.path},
                      {"layer", layer.layer},
                      {"output", std::vector(layer.output.begin(), layer.output.end())},
                      {"parameters", layer.parameters},
                      {"multiply_adds", layer.multiply_adds}});
  }
  return {{"layers", std::move(layers)},
          {"parameters", summary.parameters},
          {"multiply_adds", summary.multiply_adds}};
}

ImageShape read_image_shape(std::string_view where, std::string_view text) {
  const auto first = text.find('x'), last = text.rfind('x');
  check(first != std::string_view::npos && first != last,
        "{}: expected HEIGHTxWIDTHxCHANNELS, such as 32x32x3, got \"{}\"", where, text);
  const auto extent = [&](std::string_view part) {
    std::int64_t value = 0;
    read_setting(where, part, value, from_to(1, 4096));
    return value;
  };
  return {extent(text.substr(0, first)), extent(text.substr(first + 1, last - first - 1)),
          extent(text.substr(last + 1))};
}

int run_summary(const SummaryCommand& command) {
  const ModelOptions options = model_options(command.config, command.input, command.classes);
  const ModulePtr model = make_model(command.config.model, options, command.config.seed);
  const ModelSummary summary = summarize_model(*model, command.input);
  std::cout << (command.json ? summary_json(summary).dump(2) + "\n" : summary_text(summary));
  return kExitDone;
}

}  // namespace keel
