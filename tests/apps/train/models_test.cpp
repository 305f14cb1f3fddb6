#include "apps/train/models.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include <keel/core/autograd.h>
#include <keel/core/error.h>
#include <keel/core/ops/loss.h>
#include <keel/core/random.h>
#include <keel/layers/activation.h>
#include <keel/layers/norm.h>
#include <keel/layers/state.h>
#include <keel/optim/sgd.h>

#include "tests/support/test.h"

using Catch::Matchers::EndsWith;
using keel::ImageShape;
using keel::ModelOptions;
using keel::Tensor;

namespace {

// Built by the same functions as their smaller siblings, and slow.
bool is_large(const std::string& model) {
  return model == "resnet32" || model == "resnet56" || model == "vgg16";
}

std::vector<std::string> norms_of(const std::string& model) {
  if (is_large(model)) return {"batch"};
  if (model == "mlp") return {"none", "batch", "layer", "group"};
  return {"none", "batch", "layer", "group", "instance"};
}

// A size that each model has to take besides the one it is made for, and the smallest it takes.
struct Sizes {
  ImageShape other, smallest;
};
const std::map<std::string, Sizes> kSizes = {
    {"convnet", {{12, 11, 3}, {4, 4, 1}}}, {"lenet5", {{19, 13, 3}, {12, 12, 1}}},
    {"mlp", {{5, 7, 3}, {1, 1, 1}}},       {"resnet", {{9, 17, 1}, {1, 1, 1}}},
    {"resnet20", {{9, 17, 1}, {1, 1, 1}}}, {"resnet32", {{9, 17, 1}, {1, 1, 1}}},
    {"resnet56", {{9, 17, 1}, {1, 1, 1}}}, {"vgg-small", {{17, 24, 1}, {8, 8, 1}}},
    {"vgg", {{17, 24, 1}, {8, 8, 1}}},     {"vgg11", {{33, 40, 1}, {32, 32, 1}}},
    {"vgg16", {{33, 40, 1}, {32, 32, 1}}},
};

Tensor images(const ImageShape& shape, std::int64_t count) {
  keel::Rng rng(7);
  Tensor x = Tensor::empty({count, shape.height, shape.width, shape.channels});
  std::generate_n(x.mutable_data<float>(), x.numel(),
                  [&] { return static_cast<float>(rng.normal()); });
  return x;
}

std::int64_t count_parameters(const std::string& name, const ModelOptions& options) {
  return keel::parameter_count(*keel::make_model(name, options, 1));
}

// Around 0.
double deviation(const Tensor& x) {
  double sum = 0;
  for (const float v : x.values<float>()) sum += static_cast<double>(v) * static_cast<double>(v);
  return std::sqrt(sum / static_cast<double>(x.numel()));
}

void check_logits(const std::string& name, const ModelOptions& options) {
  INFO(name << ", " << to_text(options.norm) << ", " << options.input.height << "x"
            << options.input.width);
  const keel::NoGradGuard no_grad;
  const keel::ModulePtr model = keel::make_model(name, options, 3);
  const Tensor y = model->forward(images(options.input, 2), {.training = true});
  REQUIRE(y.shape() == keel::Shape{2, options.classes});
  const auto values = y.values<float>();
  CHECK(std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); }));
}

// The loss of the same four images before and after ten steps along the gradient.
void check_training(const std::string& name, const ModelOptions& options) {
  INFO(name << ", " << to_text(options.norm));
  const keel::ModulePtr model = keel::make_model(name, options, 3);
  const Tensor x = images(options.input, 4);
  const std::vector<std::int32_t> labels{0, 1, 2, 3};
  keel::ParameterGroup group;
  for (const keel::StateEntry& entry : keel::parameters_of(*model)) {
    group.parameters.push_back({entry.path, entry.tensor});
  }
  keel::Sgd sgd({group});
  std::vector<double> losses;
  for (std::uint64_t step = 0; step < 10; ++step) {
    const Tensor loss =
        cross_entropy(model->forward(x, {.training = true, .rng = keel::Rng(step)}), labels);
    losses.push_back(loss.item());
    sgd.zero_grad();
    backward(loss);
    for (const keel::NamedParameter& parameter : group.parameters) {
      INFO("step " << step << ", " << parameter.name);
      REQUIRE(parameter.value.has_grad());
    }
    sgd.step(0.01);
  }
  CHECK(losses.back() < losses.front());
}

std::map<std::string, Tensor> weights(const std::string& name, const ModelOptions& options,
                                      std::uint64_t seed = 5) {
  std::map<std::string, Tensor> result;
  const keel::ModulePtr model = keel::make_model(name, options, seed);
  for (const keel::StateEntry& entry : keel::parameters_of(*model)) {
    if (entry.kind == keel::StateKind::kWeight || entry.kind == keel::StateKind::kConvWeight) {
      result.emplace(entry.path, entry.tensor);
    }
  }
  return result;
}

bool equal(const Tensor& a, const Tensor& b) {
  const auto x = a.values<float>(), y = b.values<float>();
  return std::equal(x.begin(), x.end(), y.begin(), y.end());
}

std::string complaint(const std::string& name, const ModelOptions& options) {
  try {
    keel::make_model(name, options, 1);
  } catch (const keel::Error& error) {
    CHECK(error.kind() == keel::ErrorKind::kInvalid);
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("models: parameters are as many as in the papers and in PyTorch") {
  const ImageShape grey{28, 28, 1}, colour{32, 32, 3};
  const auto count = [](const std::string& name, const ImageShape& input, const std::string& norm) {
    return count_parameters(name, {.input = input, .norm = norm});
  };
  // Weights and biases, layer by layer: 6 (25 + 1) + 16 (150 + 1) + 120 (400 + 1) + ...
  CHECK(count("lenet5", grey, "none") == 61706);
  CHECK(count("mlp", grey, "none") == 99710);
  CHECK(count("convnet", grey, "none") == 35514);
  CHECK(count("vgg-small", colour, "none") == 2196810);
  CHECK(count("vgg11", colour, "none") == 9225610);
  CHECK(count("vgg16", colour, "none") == 14719818);
  CHECK(count("resnet20", colour, "none") == 269034);
  CHECK(count("resnet20", colour, "batch") == 269722);
  CHECK(count("resnet32", colour, "batch") == 464154);
  CHECK(count("resnet56", colour, "batch") == 853018);
  CHECK(count_parameters("resnet20", {.input = colour, .shortcut = "B"}) == 272474);
  CHECK(count_parameters("resnet", {.input = colour, .depth = 56}) == 853018);
  CHECK(count("resnet", colour, "batch") == 269722);
  CHECK(count_parameters("mlp", {.norm = "none", .depth = 1}) == 785 * 100 + 101 * 10);
  CHECK(count_parameters("vgg", {.norm = "none", .layers = "16-16-M-32-32-M-64"}) == 35514);
  CHECK(count("vgg", colour, "none") == 448 + 2320 + 4640 + 9248 + 18496 + 3 * 36928 + 650);
  // A norm brings gamma and beta for each channel and takes the bias away.
  for (const std::string norm : {"batch", "layer", "group"}) {
    CHECK(count("lenet5", grey, norm) == 61706 + 6 + 16);
    CHECK(count("mlp", grey, norm) == 99710 + 300);
  }
}

TEST_CASE("models: each takes images of its own size with every normalisation") {
  for (const keel::ModelInfo& info : keel::known_models()) {
    for (const std::string& norm : norms_of(info.name)) {
      check_logits(info.name, {.input = info.images, .norm = norm});
    }
  }
}

TEST_CASE("models: a name is told with the images that it is made for") {
  CHECK(keel::model_info("lenet5").images.channels == 1);
  CHECK(keel::model_info("resnet20").images.channels == 3);
  CHECK_THROWS_WITH(keel::model_info("resnet21"), ContainsSubstring("did you mean 'resnet20'?"));
}

TEST_CASE("models: each takes images of other sizes and other numbers of classes") {
  for (const keel::ModelInfo& info : keel::known_models()) {
    if (is_large(info.name)) continue;
    check_logits(info.name, {.input = kSizes.at(info.name).other, .classes = 3, .norm = "group"});
    check_logits(info.name, {.input = kSizes.at(info.name).smallest, .classes = 2, .norm = "none"});
  }
}

TEST_CASE("models: every normalisation of the table trains in each kind of model") {
  for (const auto& [norm, entry] : keel::norm_table()) {
    for (const std::string model : {"convnet", "resnet20", "mlp"}) {
      if (model == "mlp" && entry.needs_pixels) continue;
      check_training(model, {.input = kSizes.at(model).other, .norm = norm, .shortcut = "B"});
    }
  }
}

TEST_CASE(
    "models: a norm with its own activation replaces the model's, behind sums too if it can") {
  const auto activations = [](const char* model, const char* norm) {
    const keel::ModulePtr built = keel::make_model(model, {.input = {32, 32, 3}, .norm = norm}, 1);
    std::vector<std::string> features;
    for (const keel::ModuleEntry& entry : keel::modules_of(*built)) {
      const bool activation = dynamic_cast<keel::Activation*>(entry.module) != nullptr;
      if (activation && entry.path.starts_with("features")) features.push_back(entry.path);
    }
    return features.size();
  };
  CHECK(activations("resnet20", "batch") == 19);
  CHECK(activations("resnet20", "frn") == 0);
  CHECK(activations("resnet20", "evonorm-s0") == 9);
  CHECK(activations("vgg-small", "batch") == 6);
  CHECK(activations("vgg-small", "frn") == 0);
  CHECK(activations("convnet", "evonorm-b0") == 0);
}

TEST_CASE("models: Fixup and SkipInit start each residual branch at 0, Fixup the logits too") {
  const keel::NoGradGuard no_grad;
  const Tensor x = images({8, 8, 3}, 2);
  const ModelOptions plain{.input = {8, 8, 3}, .norm = "none"},
      fixup{.input = {8, 8, 3}, .norm = "fixup"}, skip{.input = {8, 8, 3}, .norm = "skipinit"};
  const auto drawn = weights("resnet20", plain), fixed = weights("resnet20", fixup);
  const float first = drawn.at("features.3.main.0.weight").data<float>()[0];
  CHECK(fixed.at("features.3.main.0.weight").data<float>()[0] == Approx(first / std::sqrt(9)));
  CHECK(fixed.at("features.3.main.3.weight").data<float>()[0] == 0);
  CHECK(equal(fixed.at("features.0.weight"), drawn.at("features.0.weight")));
  const Tensor logits = keel::make_model("resnet20", fixup, 1)->forward(x, {});
  CHECK(equal(logits, Tensor::zeros({2, 10})));
  // Without branches only the first convolution decides.
  const auto shuffled = weights("resnet20", skip);
  CHECK(equal(shuffled.at("features.3.main.3.weight"), drawn.at("features.3.main.3.weight")));
  const keel::ModulePtr skipping = keel::make_model("resnet20", skip, 5);
  const Tensor before = skipping->forward(x, {});
  for (keel::StateEntry& entry : keel::parameters_of(*skipping)) {
    if (entry.path.find("main.3.weight") != std::string::npos) entry.tensor.fill(7);
  }
  CHECK(equal(skipping->forward(x, {}), before));
}

TEST_CASE("models: selu takes SELU everywhere and LeCun's initial weights") {
  const ModelOptions none{.norm = "none"}, selu{.norm = "selu"};
  const auto drawn = weights("lenet5", none), scaled = weights("lenet5", selu);
  CHECK(scaled.at("classifier.1.weight").data<float>()[0] ==
        Approx(drawn.at("classifier.1.weight").data<float>()[0] / std::sqrt(2)));
  const keel::ModulePtr model = keel::make_model("lenet5", selu, 1);
  int activations = 0;
  for (const keel::ModuleEntry& entry : keel::modules_of(*model)) {
    activations += entry.module->describe() == "selu";
  }
  CHECK(activations == 4);
  CHECK_THROWS_WITH(keel::NormSpec("selu+ws"), ContainsSubstring("takes no modifiers"));
}

TEST_CASE("models: images that are too small are refused") {
  for (const auto& [name, sizes] : kSizes) {
    if (is_large(name) || sizes.smallest.height == 1) continue;
    ImageShape smaller = sizes.smallest;
    --smaller.width;
    const std::string least = std::to_string(sizes.smallest.height);
    CHECK_THAT(complaint(name, {.input = smaller}),
               ContainsSubstring(name + ": images of") &&
                   EndsWith("too small, at least " + least + "x" + least));
  }
}

TEST_CASE("models: what cannot be built is named") {
  CHECK_THAT(complaint("resnet21", {}), ContainsSubstring("did you mean 'resnet20'?"));
  CHECK_THROWS_WITH(ModelOptions{.norm = "bach"}, ContainsSubstring("did you mean 'batch'?"));
  CHECK_THAT(complaint("lenet5", {.activation = "rely"}), ContainsSubstring("relu"));
  CHECK_THAT(complaint("lenet5", {.classes = 1}), ContainsSubstring("at least 2"));
  CHECK_THAT(complaint("lenet5", {.dropout = 1.5}), ContainsSubstring("1.5"));
  CHECK_THAT(complaint("lenet5", {.dropout_place = "first"}),
             ContainsSubstring("'first', expected last or all"));
  CHECK_THAT(complaint("resnet20", {.shortcut = "C"}), ContainsSubstring("expected A or B"));
  CHECK_THAT(complaint("mlp", {.norm = "instance"}),
             ContainsSubstring("instance normalisation behind a layer of 100 channels of 1x1"));
  for (const std::string norm : {"instance", "switchable", "batch-instance"}) {
    CHECK_THAT(complaint("vgg", {.input = {4, 4, 3}, .norm = norm, .layers = "8-M-8-M-8"}),
               ContainsSubstring("8 channels of 1x1: one value has no variance"));
  }
  CHECK_THAT(complaint("mlp", {.norm = "evonorm-s0:100"}),
             ContainsSubstring("100 channels of 1x1 in 100 groups have one value each"));
  CHECK_THAT(complaint("resnet", {.depth = 21}), ContainsSubstring("expected 6n + 2"));
  CHECK_THAT(complaint("resnet20", {.depth = 32}), ContainsSubstring("resnet20 has one depth"));
  CHECK_THAT(complaint("vgg16", {.layers = "16"}), ContainsSubstring("vgg takes --layers"));
  CHECK_THAT(complaint("vgg", {.layers = "16-x"}), ContainsSubstring("got 'x'"));
  CHECK_THAT(complaint("vgg", {.layers = "16--M"}), ContainsSubstring("got ''"));
  CHECK_THAT(complaint("vgg", {.layers = "99999"}), ContainsSubstring("from 1 to 4096"));
  CHECK_THAT(complaint("vgg", {.layers = "M-16"}), ContainsSubstring("a convolution first"));
  CHECK_THAT(complaint("lenet5", {.norm = "group:4"}), ContainsSubstring("6"));
}

TEST_CASE("models: an equal seed draws equal weights whatever the normalisation") {
  for (const std::string name : {"mlp", "lenet5", "convnet", "vgg-small", "resnet20"}) {
    const ModelOptions options{.input = keel::model_info(name).images, .norm = "none"};
    const auto plain = weights(name, options);
    for (const std::string& norm : norms_of(name)) {
      ModelOptions other = options;
      other.norm = norm;
      const auto drawn = weights(name, other);
      REQUIRE(drawn.size() == plain.size());
      for (const auto& [path, tensor] : drawn) {
        INFO(name << ", " << norm << ", " << path);
        CHECK(equal(tensor, plain.at(path)));
      }
    }
    const auto another = weights(name, options, 6);
    for (const auto& [path, tensor] : another) CHECK(!equal(tensor, plain.at(path)));
  }
}

TEST_CASE("models: weights have the variance their activation wants") {
  const auto vgg = weights("vgg-small", {.input = {32, 32, 3}});
  CHECK(deviation(vgg.at("features.3.weight")) == Approx(std::sqrt(2.0 / 576)).epsilon(0.02));
  const auto mlp = weights("mlp", {});
  CHECK(deviation(mlp.at("1.weight")) == Approx(std::sqrt(2.0 / 884)).epsilon(0.02));
  CHECK(deviation(mlp.at("10.weight")) == Approx(std::sqrt(1.0 / 300)).epsilon(0.1));
  const auto linear = weights("mlp", {.activation = "none"});
  CHECK(deviation(linear.at("1.weight")) == Approx(std::sqrt(2.0 / 884)).epsilon(0.02));
}

TEST_CASE("models: init_std is the deviation of every weight, whatever its layer's size") {
  for (const std::string name : {"mlp", "convnet", "resnet20"}) {
    const ModelOptions options{.init_scale = 0.5, .init_std = 0.2};
    for (const auto& [path, tensor] : weights(name, options)) {
      INFO(name << ", " << path);
      CHECK(deviation(tensor) == Approx(0.1).epsilon(0.1));
    }
    const keel::ModulePtr model = keel::make_model(name, options, 1);
    for (const keel::StateEntry& entry : keel::parameters_of(*model)) {
      if (entry.kind == keel::StateKind::kBias) CHECK(deviation(entry.tensor) == 0);
    }
  }
}

TEST_CASE("models: init_scale multiplies every weight") {
  const auto standard = weights("lenet5", {});
  const auto scaled = weights("lenet5", {.init_scale = 0.25});
  for (const auto& [path, tensor] : standard) {
    for (std::int64_t i = 0; i < tensor.numel(); ++i) {
      REQUIRE(scaled.at(path).data<float>()[i] == 0.25f * tensor.data<float>()[i]);
    }
  }
}

TEST_CASE("models: zero_init_residual makes every residual block start as its shortcut") {
  const ImageShape input{8, 8, 3};
  const keel::NoGradGuard no_grad;
  const auto zero_gammas = [&](bool zero_init) {
    const keel::ModulePtr model =
        keel::make_model("resnet20", {.input = input, .zero_init_residual = zero_init}, 1);
    int zeros = 0, others = 0;
    for (const keel::StateEntry& entry : keel::parameters_of(*model)) {
      if (entry.kind != keel::StateKind::kNormWeight) continue;
      const auto gamma = entry.tensor.values<float>();
      const bool zero = std::all_of(gamma.begin(), gamma.end(), [](float v) { return v == 0; });
      ++(zero ? zeros : others);
      CHECK(zero == (zero_init && entry.path.find("main.4") != std::string::npos));
    }
    return std::pair(zeros, others);
  };
  CHECK(zero_gammas(true) == std::pair(9, 10));
  CHECK(zero_gammas(false) == std::pair(0, 19));
}

TEST_CASE("models: dropout comes before the last dense layer and only in training") {
  const keel::NoGradGuard no_grad;
  const Tensor x = images({28, 28, 1}, 2);
  for (const std::string name : {"mlp", "lenet5", "convnet"}) {
    const keel::ModulePtr model = keel::make_model(name, {.norm = "none", .dropout = 0.5}, 1);
    const keel::ModulePtr plain = keel::make_model(name, {.norm = "none"}, 1);
    const Tensor expected = plain->forward(x, {});
    CHECK(equal(model->forward(x, {}), expected));
    CHECK(!equal(model->forward(x, {.training = true}), expected));
  }
}

TEST_CASE("models: dropout may stand behind every activation, with the same names at any rate") {
  const auto descriptions = [](const std::string& name, double rate) {
    std::vector<std::pair<std::string, std::string>> result;
    const keel::ModulePtr model =
        keel::make_model(name, {.norm = "none", .dropout = rate, .dropout_place = "all"}, 1);
    for (const keel::ModuleEntry& entry : keel::modules_of(*model)) {
      result.emplace_back(entry.path, entry.module->describe());
    }
    return result;
  };
  const std::map<std::string, std::vector<std::string>> places = {
      {"mlp", {"4", "8", "12"}},
      {"lenet5", {"features.3", "features.8", "classifier.3", "classifier.6"}},
      {"convnet", {"features.3", "features.7", "features.12", "features.16", "features.21"}}};
  for (const auto& [name, expected] : places) {
    std::vector<std::string> found;
    for (const auto& [path, text] : descriptions(name, 0.25)) {
      if (text == "Dropout(0.25)") found.push_back(path);
    }
    INFO(name);
    CHECK(found == expected);
  }
  const auto some = descriptions("resnet20", 0.25), none = descriptions("resnet20", 0);
  REQUIRE(some.size() == none.size());
  int dropouts = 0;
  for (std::size_t i = 0; i < some.size(); ++i) {
    CHECK(some[i].first == none[i].first);
    dropouts += some[i].second == "Dropout(0.25)" ? 1 : 0;
  }
  CHECK(dropouts == 19);
}
