#include "apps/train/models.h"

#include <algorithm>
#include <functional>
#include <utility>

#include <keel/core/autograd.h>
#include <keel/core/nearest.h>
#include <keel/layers/activation.h>
#include <keel/layers/conv2d.h>
#include <keel/layers/dense.h>
#include <keel/layers/dropout.h>
#include <keel/layers/flatten.h>
#include <keel/layers/identity.h>
#include <keel/layers/pool.h>
#include <keel/layers/residual.h>
#include <keel/layers/sequential.h>
#include <keel/layers/state.h>

namespace keel {
namespace {

// What the models are built from: layers that follow the options.
class Builder {
 public:
  Builder(const ModelOptions& options, std::uint64_t seed, const std::string& activation)
      : options_(options),
        entry_(norm_table().at(options.norm.norm.name)),
        weight_rules_(weight_rules(options.norm)),
        rng_(seed),
        activation_(!options.activation.empty()        ? options.activation
                    : !entry_.model_activation.empty() ? entry_.model_activation
                                                       : activation) {}

  // To be told before the first layer.
  void set_residual_blocks(std::int64_t count) { residual_blocks_ = count; }

  // A convolution and its norm; `size` becomes that of what they yield.
  void conv_norm(Sequential& to, ImageShape& size, std::int64_t out, Conv2dOptions conv,
                 NormPlace place) {
    const std::int64_t in = size.channels;
    const auto reduced = [&](std::int64_t extent) {
      return (extent + 2 * conv.padding - conv.kernel) / conv.stride + 1;
    };
    size = {reduced(size.height), reduced(size.width), out};
    conv.bias = entry_.keeps_bias;
    conv.weight_rules = weight_rules_;
    set_init(conv, Init::kKaimingNormal, weight_scale(site(size, place)));
    check_weights(in * out * conv.kernel * conv.kernel);
    ModulePtr layer = std::make_unique<Conv2d>(in, out, conv, rng_);
    const bool in_branch = place == NormPlace::kBranch || place == NormPlace::kBranchEnd;
    to.add(in_branch ? wrapped(std::move(layer)) : std::move(layer)).add(norm(site(size, place)));
  }
  void conv_norm_activation(Sequential& to, ImageShape& size, std::int64_t out,
                            const Conv2dOptions& conv, NormPlace place = NormPlace::kPlain) {
    conv_norm(to, size, out, conv, place);
    to.add(norm_activation(size, place));
    dropout_behind_activation(to);
  }
  void dense_norm_activation(Sequential& to, std::int64_t in, std::int64_t out) {
    const ImageShape size{1, 1, out};
    to.add(dense(in, out, {.bias = entry_.keeps_bias, .weight_rules = weight_rules_}))
        .add(norm(site(size, NormPlace::kPlain)))
        .add(norm_activation(size, NormPlace::kPlain));
    dropout_behind_activation(to);
  }
  void dense_activation(Sequential& to, std::int64_t in, std::int64_t out) {
    to.add(dense(in, out, {})).add<Activation>(activation_);
    dropout_behind_activation(to);
  }
  // What follows a norm, or the sum at a residual block's end.
  ModulePtr norm_activation(const ImageShape& size, NormPlace place) const {
    ModulePtr replacement = make_norm_activation(options_.norm, site(size, place));
    return replacement ? std::move(replacement) : std::make_unique<Activation>(activation_);
  }
  // The layer that yields the logits: PyTorch's smaller default keeps the first loss near
  // log(classes).
  ModulePtr logits(std::int64_t in) {
    check_weights(in * options_.classes);
    DenseOptions dense;
    // A scale of 0 takes an initialisation whose bias is 0, too.
    set_init(dense, entry_.logits_scale == 0 ? Init::kKaimingNormal : Init::kPyTorch,
             entry_.logits_scale);
    return wrapped(std::make_unique<Dense>(in, options_.classes, dense, rng_));
  }
  void dropout_before_logits(Sequential& to) const {
    if (!drops_behind_activations() && options_.dropout > 0) to.add<Dropout>(options_.dropout);
  }
  // With a probability of 0, too: the names of later layers are those of the other probabilities.
  void dropout_behind_activation(Sequential& to) const {
    if (drops_behind_activations()) to.add<Dropout>(options_.dropout);
  }
  const ModelOptions& options() const { return options_; }

 private:
  NormSite site(const ImageShape& size, NormPlace place) const {
    return {.channels = size.channels,
            .height = size.height,
            .width = size.width,
            .place = place,
            .residual_blocks = residual_blocks_};
  }
  bool drops_behind_activations() const { return options_.dropout_place == "all"; }
  template <class LayerOptions>
  void set_init(LayerOptions& layer, Init usual, double scale) const {
    const bool chosen = options_.init_std > 0;
    layer.init = chosen ? Init::kNormal : usual;
    layer.init_scale = options_.init_scale * scale * (chosen ? options_.init_std : 1);
  }
  double weight_scale(const NormSite& site) const {
    return entry_.weight_scale ? entry_.weight_scale(site) : 1;
  }
  ModulePtr wrapped(ModulePtr layer) const {
    return entry_.wrap_layer ? entry_.wrap_layer(std::move(layer)) : std::move(layer);
  }
  // The last norm of a residual branch has gamma = 0 where asked: the block starts as its shortcut.
  ModulePtr norm(const NormSite& site) const {
    check(!entry_.needs_pixels || site.height * site.width > 1,
          "{} normalisation behind a layer of {} channels of 1x1: one value has no variance; it "
          "needs larger feature maps, as of convolutions",
          options_.norm.norm.name, site.channels);
    const auto affine = options_.norm.norm.options.find("affine");
    if (affine != options_.norm.norm.options.end() && affine->second == "element") {
      check_weights(site.height * site.width * site.channels);
    }
    ModulePtr norm = make_norm(options_.norm, site);
    if (options_.zero_init_residual && site.place == NormPlace::kBranchEnd) {
      Tensor gamma;
      for (const StateEntry& entry : parameters_of(*norm)) {
        if (entry.kind == StateKind::kNormWeight) gamma = entry.tensor;
      }
      if (gamma.defined()) gamma.fill(0);
    }
    return norm;
  }
  ModulePtr dense(std::int64_t in, std::int64_t out, DenseOptions options) {
    check_weights(in * out);
    // What is linear around 0 wants Xavier's variance, rectifiers He's.
    const bool linear = activation_ == "sigmoid" || activation_ == "tanh" || activation_ == "none";
    set_init(options, linear ? Init::kXavierNormal : Init::kKaimingNormal,
             weight_scale({.channels = out}));
    return std::make_unique<Dense>(in, out, options, rng_);
  }
  // Before the layer takes its memory.
  void check_weights(std::int64_t count) const {
    check(options_.max_weights == 0 || count <= options_.max_weights,
          "model: a layer of {} weights, expected at most {}", count, options_.max_weights);
  }

  const ModelOptions& options_;
  const NormEntry& entry_;
  const std::vector<WeightRuleFactory> weight_rules_;
  std::int64_t residual_blocks_ = 0;
  Rng rng_;
  std::string activation_;
};

// features, then classifier: PyTorch's usual two names.
ModulePtr two_parts(std::unique_ptr<Sequential> features, std::unique_ptr<Sequential> classifier) {
  auto model = std::make_unique<Sequential>();
  model->add("features", std::move(features)).add("classifier", std::move(classifier));
  return model;
}

ModulePtr mlp(Builder& b) {
  auto model = std::make_unique<Sequential>();
  const auto [height, width, channels] = b.options().input;
  std::int64_t in = height * width * channels;
  model->add<Flatten>();
  for (std::int64_t layer = 0; layer < b.options().depth; ++layer) {
    b.dense_norm_activation(*model, in, 100);
    in = 100;
  }
  b.dropout_before_logits(*model);
  model->add(b.logits(in));
  return model;
}

void halve(Sequential& to, ImageShape& size) {
  to.add<MaxPool2d>();
  size.height /= 2;
  size.width /= 2;
}

ModulePtr lenet5(Builder& b) {
  ImageShape size = b.options().input;
  check(size.height >= 12 && size.width >= 12,
        "lenet5: images of {}x{} are too small, at least 12x12", size.height, size.width);
  auto features = std::make_unique<Sequential>();
  b.conv_norm_activation(*features, size, 6, {.kernel = 5, .padding = 2});
  halve(*features, size);
  b.conv_norm_activation(*features, size, 16, {.kernel = 5});
  halve(*features, size);
  auto classifier = std::make_unique<Sequential>();
  classifier->add<Flatten>();
  b.dense_activation(*classifier, size.height * size.width * size.channels, 120);
  b.dense_activation(*classifier, 120, 84);
  b.dropout_before_logits(*classifier);
  classifier->add(b.logits(84));
  return two_parts(std::move(features), std::move(classifier));
}

constexpr std::int64_t kPool = 0;  // in a plan of convolutions: halve the image

// 3x3 convolutions of the planned widths; returns the last width. `size` becomes what is left of
// it.
std::int64_t plain_features(Builder& b, Sequential& features, const std::vector<std::int64_t>& plan,
                            ImageShape& size, std::string_view name) {
  const std::int64_t least = std::int64_t{1} << std::count(plan.begin(), plan.end(), kPool);
  check(size.height >= least && size.width >= least,
        "{}: images of {}x{} are too small, at least {}x{}", name, size.height, size.width, least,
        least);
  for (const std::int64_t out : plan) {
    if (out == kPool) {
      halve(features, size);
    } else {
      b.conv_norm_activation(features, size, out, {.kernel = 3, .padding = 1});
    }
  }
  return size.channels;
}

ModulePtr vgg_small(Builder& b) {
  ImageShape size = b.options().input;
  auto features = std::make_unique<Sequential>();
  plain_features(b, *features, {64, 64, kPool, 128, 128, kPool, 256, 256, kPool}, size,
                 "vgg-small");
  auto classifier = std::make_unique<Sequential>();
  classifier->add<Flatten>();
  b.dense_activation(*classifier, size.height * size.width * size.channels, 256);
  b.dropout_before_logits(*classifier);
  classifier->add(b.logits(256));
  return two_parts(std::move(features), std::move(classifier));
}

// "16-M-32" as a plan.
std::vector<std::int64_t> parse_layers(const std::string& text) {
  constexpr std::int64_t kWidest = 4096, kMost = 100;
  std::vector<std::int64_t> plan;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('-', begin), text.size());
    const std::string layer = text.substr(begin, end - begin);
    const bool digits = !layer.empty() && layer.size() <= 4 &&
                        layer.find_first_not_of("0123456789") == std::string::npos;
    const std::int64_t width = digits ? std::stoll(layer) : 0;
    check(layer == "M" || (width >= 1 && width <= kWidest),
          "vgg: layers '{}': expected channels from 1 to {} or M, as in {}, got '{}'",
          text.substr(0, 80), kWidest, kVggLayers, layer.substr(0, 20));
    plan.push_back(layer == "M" ? kPool : width);
    check(static_cast<std::int64_t>(plan.size()) <= kMost, "vgg: more than {} layers", kMost);
    begin = end + 1;
  }
  check(plan.front() != kPool, "vgg: layers '{}': expected a convolution first", text);
  return plan;
}

// VGG for CIFAR: the five stages of Simonyan & Zisserman 2015, then one dense layer.
ModulePtr vgg(Builder& b, const std::vector<std::int64_t>& plan, std::string_view name) {
  ImageShape size = b.options().input;
  auto features = std::make_unique<Sequential>();
  plain_features(b, *features, plan, size, name);
  auto classifier = std::make_unique<Sequential>();
  classifier->add<Flatten>();
  b.dropout_before_logits(*classifier);
  classifier->add(b.logits(size.height * size.width * size.channels));
  return two_parts(std::move(features), std::move(classifier));
}

// 3x3 convolutions by plan, global average pooling, a dense layer.
ModulePtr pooled(Builder& b, const std::vector<std::int64_t>& plan, std::string_view name) {
  ImageShape size = b.options().input;
  auto features = std::make_unique<Sequential>();
  const std::int64_t width = plain_features(b, *features, plan, size, name);
  auto classifier = std::make_unique<Sequential>();
  classifier->add<GlobalAvgPool>();
  b.dropout_before_logits(*classifier);
  classifier->add(b.logits(width));
  return two_parts(std::move(features), std::move(classifier));
}

// A few seconds an epoch.
ModulePtr convnet(Builder& b) {
  return pooled(b, {16, 16, kPool, 32, 32, kPool, 64}, "convnet");
}

ModulePtr vgg_by_layers(Builder& b) {
  const std::string& layers = b.options().layers;
  return pooled(b, parse_layers(layers.empty() ? std::string(kVggLayers) : layers), "vgg");
}

ModulePtr basic_block(Builder& b, ImageShape& size, std::int64_t out, std::int64_t stride) {
  ImageShape input = size;
  auto main = std::make_unique<Sequential>();
  b.conv_norm_activation(*main, size, out, {.kernel = 3, .stride = stride, .padding = 1},
                         NormPlace::kBranch);
  b.conv_norm(*main, size, out, {.kernel = 3, .padding = 1}, NormPlace::kBranchEnd);
  ModulePtr shortcut;
  if (stride != 1 || input.channels != out) {
    if (b.options().shortcut == "A") {
      shortcut = std::make_unique<SubsampleShortcut>(stride, out);
    } else {
      auto projection = std::make_unique<Sequential>();
      b.conv_norm(*projection, input, out, {.kernel = 1, .stride = stride}, NormPlace::kShortcut);
      shortcut = std::move(projection);
    }
  }
  return std::make_unique<Residual>(std::move(main), std::move(shortcut),
                                    b.norm_activation(size, NormPlace::kAfterSum));
}

// He et al. 2016, section 4.2: 6n + 2 layers, three stages of n blocks.
ModulePtr resnet(Builder& b, std::int64_t depth) {
  check(depth >= 8 && depth % 6 == 2, "resnet: depth {}, expected 6n + 2: 8, 14, 20, ...", depth);
  check(b.options().shortcut == "A" || b.options().shortcut == "B",
        "resnet: shortcut '{}', expected A or B", b.options().shortcut);
  const std::int64_t blocks = (depth - 2) / 6;  // of each stage
  b.set_residual_blocks(3 * blocks);
  auto features = std::make_unique<Sequential>();
  ImageShape size = b.options().input;
  b.conv_norm_activation(*features, size, 16, {.kernel = 3, .padding = 1});
  for (const std::int64_t out : {16, 32, 64}) {
    for (std::int64_t block = 0; block < blocks; ++block) {
      features->add(basic_block(b, size, out, block == 0 && out != 16 ? 2 : 1));
      b.dropout_behind_activation(*features);
    }
  }
  auto classifier = std::make_unique<Sequential>();
  classifier->add<GlobalAvgPool>();
  b.dropout_before_logits(*classifier);
  classifier->add(b.logits(size.channels));
  return two_parts(std::move(features), std::move(classifier));
}

struct ModelEntry {
  ModelInfo info;
  std::string activation;
  std::function<ModulePtr(Builder&)> build;
  bool takes_layers = false;
};

constexpr ImageShape kDigits{28, 28, 1}, kPhotographs{32, 32, 3};

const std::vector<ModelEntry>& models() {
  static const std::vector<ModelEntry> table = {
      {{"convnet",
        "five 3x3 convolutions, global average pooling: shows a norm's effect in seconds", kDigits},
       "relu",
       convnet},
      {{"lenet5", "LeCun et al. 1998 with ReLU and max pooling", kDigits}, "relu", lenet5},
      {{"mlp", "three hidden layers (--depth) of 100 sigmoid units (Ioffe & Szegedy 2015)", kDigits,
        3},
       "sigmoid",
       mlp},
      {{"resnet", "He et al. 2016 for CIFAR, 20 layers (--depth)", kPhotographs, 20},
       "relu",
       [](Builder& b) { return resnet(b, b.options().depth); }},
      {{"resnet20", "He et al. 2016 for CIFAR, 20 layers"},
       "relu",
       [](Builder& b) { return resnet(b, 20); }},
      {{"resnet32", "He et al. 2016 for CIFAR, 32 layers"},
       "relu",
       [](Builder& b) { return resnet(b, 32); }},
      {{"resnet56", "He et al. 2016 for CIFAR, 56 layers"},
       "relu",
       [](Builder& b) { return resnet(b, 56); }},
      {{"vgg", "3x3 convolutions by --layers, global average pooling"},
       "relu",
       vgg_by_layers,
       true},
      {{"vgg-small", "3x3 convolutions 64-64-M-128-128-M-256-256-M, dense 256"}, "relu", vgg_small},
      {{"vgg11", "Simonyan & Zisserman 2015 for CIFAR, 8 convolutions"},
       "relu",
       [](Builder& b) {
         return vgg(b, {64, kPool, 128, kPool, 256, 256, kPool, 512, 512, kPool, 512, 512, kPool},
                    "vgg11");
       }},
      {{"vgg16", "Simonyan & Zisserman 2015 for CIFAR, 13 convolutions"},
       "relu",
       [](Builder& b) {
         return vgg(b,
                    {64, 64, kPool, 128, 128, kPool, 256, 256, 256, kPool, 512, 512, 512, kPool,
                     512, 512, 512, kPool},
                    "vgg16");
       }},
  };
  return table;
}

const ModelEntry& model_entry(const std::string& name) {
  const auto& table = models();
  const auto found = std::find_if(table.begin(), table.end(),
                                  [&](const ModelEntry& entry) { return entry.info.name == name; });
  if (found == table.end()) {
    std::vector<std::string> names;
    for (const ModelEntry& entry : table) names.push_back(entry.info.name);
    throw Error(unknown_name("model", name, names));
  }
  return *found;
}

}  // namespace

const std::vector<ModelInfo>& known_models() {
  static const std::vector<ModelInfo> infos = [] {
    std::vector<ModelInfo> result;
    for (const ModelEntry& entry : models()) result.push_back(entry.info);
    return result;
  }();
  return infos;
}

const ModelInfo& model_info(const std::string& name) {
  return model_entry(name).info;
}

ModulePtr make_model(const std::string& name, ModelOptions options, std::uint64_t seed) {
  const ModelEntry& entry = model_entry(name);
  check(options.depth == 0 || entry.info.depth > 0,
        "model: {} has one depth; mlp and resnet take --depth {}", name, options.depth);
  check(options.layers.empty() || entry.takes_layers,
        "model: {} has its own layers; vgg takes --layers {}", name, options.layers.substr(0, 80));
  check(options.dropout_place == "last" || options.dropout_place == "all",
        "model: dropout place '{}', expected last or all", options.dropout_place.substr(0, 80));
  check(options.classes >= 2, "model: {} classes, expected at least 2", options.classes);
  if (options.depth == 0) options.depth = entry.info.depth;
  Builder builder(options, seed, entry.activation);
  return entry.build(builder);
}

}  // namespace keel
