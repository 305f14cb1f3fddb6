#pragma once
// Models by name. Each takes any normalisation, any input size that fits, any number of classes.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <keel/layers/module.h>
#include <keel/layers/norm_spec.h>

namespace keel {

struct ImageShape {
  std::int64_t height, width, channels;
};

struct ModelOptions {
  ImageShape input{28, 28, 1};
  std::int64_t classes = 10;
  NormSpec norm = "batch";
  std::string activation{};  ///< empty: the model's own (sigmoid for mlp, relu elsewhere)
  /// Of mlp: hidden layers; of resnet: layers, 6n + 2. 0: the model's own (ModelInfo). No other
  /// model has a choice.
  std::int64_t depth = 0;
  /// Of vgg: the channels of its 3x3 convolutions, M where the image is halved. Empty: kVggLayers.
  std::string layers{};
  double dropout = 0;  ///< where dropout_place says
  /// Of dropout: "last", before the last dense layer, or "all", behind every activation.
  std::string dropout_place = "last";
  std::string shortcut = "A";       ///< of resnets: A (no parameters) or B (1x1 convolution)
  bool zero_init_residual = false;  ///< gamma of the last norm of each residual block starts at 0
  double init_scale = 1;            ///< factor on every initial weight
  /// Standard deviation of every initial weight before that factor; biases are 0 then. 0: by the
  /// size of the layer, as the model has it.
  double init_std = 0;
  std::int64_t max_weights = 0;  ///< that one layer may have; 0: any number
};

inline constexpr std::int64_t kMaxDepth = 1000;
inline constexpr std::string_view kVggLayers = "16-16-M-32-32-M-64-64-M-64-64";

struct ModelInfo {
  std::string name, description;
  ImageShape images{32, 32, 3};  ///< that it is made for
  std::int64_t depth = 0;        ///< what ModelOptions::depth 0 stands for; 0: it has no choice
};
const std::vector<ModelInfo>& known_models();
/// Throws Error naming the nearest model.
const ModelInfo& model_info(const std::string& name);

/// Builds the model and draws its weights: equal seeds give equal draws wherever shapes agree,
/// whatever the normalisation. Throws Error naming the nearest model, or why the input does not
/// fit.
ModulePtr make_model(const std::string& name, ModelOptions options, std::uint64_t seed);

}  // namespace keel
