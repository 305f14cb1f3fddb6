// What really went wrong in other frameworks' normalisation layers, each as a test. (Those of the
// op itself, cancellation and overflow and its gradient among them, are in
// core/ops/normalize_test.cpp.)

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include <keel/core/autograd.h>
#include <keel/core/ops/elementwise.h>
#include <keel/core/parallel.h>
#include <keel/core/safetensors.h>
#include <keel/layers/batch_norm.h>
#include <keel/layers/conv2d.h>
#include <keel/layers/dense.h>
#include <keel/layers/group_norm.h>
#include <keel/layers/instance_norm.h>
#include <keel/layers/sequential.h>
#include <keel/layers/state.h>

#include "tests/support/gradient_check.h"
#include "tests/support/norm_specs.h"
#include "tests/support/state_named.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test.h"
#include "tests/support/thread_count.h"

using Catch::Matchers::EndsWith;
using namespace keel;
using namespace keel::testing;

namespace {

const Mode kTraining{.training = true};
const Mode kEvaluation{.training = false};
const Mode kProbe{.training = true, .statistics = StatisticsUpdate::kNever};

// Four values per channel: mean 2.5 and 25, biased variance 1.25 and 125, unbiased 5/3 and 500/3.
Tensor four_values() {
  return Tensor::from({4, 2}, {1, 10, 2, 20, 3, 30, 4, 40});
}

bool has_eps(const NormDescription& about) {
  return std::any_of(about.options.begin(), about.options.end(),
                     [](const NormOption& option) { return option.name == "eps"; });
}

// The spec with an eps as large as what it is added to, where it has one.
std::string with_large_eps(const std::string& spec) {
  return has_eps(norm_table().at(NormSpec(spec).norm.name).about) ? spec + ":eps=0.5" : spec;
}

// The gradient of every parameter and of x through the model, against differences.
void check_model_gradient(Module& model, const Tensor& x, const Mode& mode) {
  std::vector<Tensor> inputs{x};
  for (const StateEntry& entry : parameters_of(model)) inputs.push_back(entry.tensor.detach());
  check_gradient(
      [&](const std::vector<Tensor>& in) {
        std::size_t next = 1;
        StateVisitor replace([&](const std::string&, Tensor& tensor, StateKind kind) {
          if (is_parameter(kind)) tensor = in[next++];
        });
        model.visit(replace);
        return model.forward(in[0], mode);
      },
      inputs);
}

}  // namespace

TEST_CASE("running_var is unbiased, the normalisation uses the biased variance") {
  BatchNorm norm(2);
  const Tensor y = norm.forward(four_values(), kTraining);
  CHECK(y.at({0, 0}) == Approx(-1.5 / std::sqrt(1.25 + 1e-5)));
  CHECK(state_named(norm, "running_mean").at({0}) == Approx(0.1 * 2.5));
  CHECK(state_named(norm, "running_var").at({0}) == Approx(0.9 * 1 + 0.1 * 5 / 3));
  CHECK(state_named(norm, "running_var").at({1}) == Approx(0.9 * 1 + 0.1 * 500 / 3));
}

TEST_CASE("momentum is the weight of the new value; none is the cumulative average") {
  BatchNorm weighted(2, {.momentum = 0.3}), cumulative(2, {.momentum = std::nullopt});
  const Tensor shifted = Tensor::from({4, 2}, {5, 10, 6, 20, 7, 30, 8, 40});  // mean 6.5
  for (BatchNorm* norm : {&weighted, &cumulative}) {
    norm->forward(four_values(), kTraining);
    norm->forward(shifted, kTraining);
  }
  CHECK(state_named(weighted, "running_mean").at({0}) == Approx(0.7 * 0.3 * 2.5 + 0.3 * 6.5));
  CHECK(state_named(cumulative, "running_mean").at({0}) == Approx((2.5 + 6.5) / 2));
  CHECK(state_named(cumulative, "running_var").at({0}) == Approx(5.0 / 3));
  CHECK(state_named(cumulative, "num_batches_tracked").item() == 2);
}

TEST_CASE("gradients are right behind a convolution, for every norm, in training and evaluation") {
  const Tensor x = random_tensor({3, 3, 4, 3}, 1);
  for (const std::string& spec : norm_specs()) {
    CAPTURE(spec);
    Sequential model = conv_and_norm(spec, 3, 4);
    model.forward(x, kTraining);  // running statistics unlike those of a new layer
    for (const bool training : {true, false}) {
      CAPTURE(training);
      check_model_gradient(model, x,
                           {.training = training, .statistics = StatisticsUpdate::kNever});
    }
  }
}

TEST_CASE("gradients are right at the end of a residual branch, where some norms are another") {
  const Tensor x = random_tensor({2, 3, 3, 4}, 1);
  for (const std::string name : {"evonorm-b0", "evonorm-s0", "fixup", "skipinit"}) {
    CAPTURE(name);
    Residual block = residual_block(name, 4, DType::kFloat64);
    Rng rng(6);
    draw_norm_parameters(block, rng);
    check_model_gradient(block, x, kProbe);
  }
}

TEST_CASE("gradients are right with eps near the variance, for every norm and rule that has one") {
  // eps inside the root forward and outside it backward, for one, is too small a mistake otherwise.
  const Tensor x = random_tensor({3, 3, 4, 3}, 1);
  std::vector<std::string> specs;
  for (const auto& [name, entry] : norm_table()) specs.push_back(with_large_eps(name));
  for (const auto& [name, entry] : weight_rule_table()) {
    if (has_eps(entry.about)) specs.push_back("none+" + name + ":eps=0.1");
  }
  for (const std::string& spec : specs) {
    CAPTURE(spec);
    Sequential model = conv_and_norm(spec, 3, 4);
    check_model_gradient(model, x, kProbe);
  }
}

TEST_CASE("gradients are right with two values per row of statistics, for every kind of row") {
  // A gradient that divides by N - 1 where the value divided by N is wrong by half here.
  const std::vector<std::pair<Shape, std::vector<std::string>>> rows = {
      // of the batch
      {{2, 1, 1, 4}, {"batch", "bcn:2", "evonorm-b0", "l1", "l2", "linf", "mean-only", "noisy"}},
      {{2, 1, 1, 4}, {"renorm", "variance-only"}},
      {{4, 1, 1, 4}, {"ghost:2"}},
      // of a plane
      {{2, 1, 2, 4}, {"batch-instance", "evonorm-s0:4", "frn", "instance", "switchable"}},
      // of a sample
      {{3, 1, 1, 2}, {"group:1", "layer", "layer:channels", "rms", "rms:channels"}}};
  std::set<std::string> covered{"dyt", "fixup", "lrn", "none", "selu", "skipinit"};  // no such rows
  for (const auto& [shape, specs] : rows) {
    for (const std::string& spec : specs) {
      CAPTURE(spec);
      covered.insert(NormSpec(spec).norm.name);
      Sequential model = norm_alone(with_large_eps(spec), shape);
      check_model_gradient(model, random_tensor(shape, 1), kProbe);
    }
  }
  for (const auto& [name, entry] : norm_table()) {
    CAPTURE(name);
    CHECK(covered.contains(name));
  }
}

TEST_CASE("save, load, evaluate: bit-equal, for every norm") {
  const TempFolder folder;
  const Tensor x = random_tensor({6, 4, 4, 3}, 1, DType::kFloat32);
  for (const std::string& spec : norm_specs()) {
    CAPTURE(spec);
    Sequential model = conv_and_norm(spec, 4, 4, DType::kFloat32),
               other = conv_and_norm(spec, 4, 4, DType::kFloat32);
    for (int step = 0; step < 3; ++step) {
      model.forward(random_tensor({6, 4, 4, 3}, 7, DType::kFloat32), kTraining);
    }
    for (StateEntry& entry : parameters_of(model)) {
      entry.tensor.copy_from(random_tensor(entry.tensor.shape(), 8));
    }
    TensorFile file;
    file.tensors = state_dict(model);
    for (const std::string& counter : counters_of(model)) file.integers.insert(counter);
    write_safetensors(folder.path() / "model.safetensors", file);
    load_state_dict(other, read_safetensors(folder.path() / "model.safetensors").tensors);
    CHECK(bit_equal(other.forward(x, kEvaluation), model.forward(x, kEvaluation)));
  }
}

TEST_CASE("a probing pass computes what training does and changes no state, for every norm") {
  const Tensor x = random_tensor({6, 4, 4, 3}, 1, DType::kFloat32);
  for (const std::string& spec : norm_specs()) {
    CAPTURE(spec);
    Sequential model = conv_and_norm(spec, 4, 4, DType::kFloat32);
    model.forward(x, kTraining);
    std::vector<Tensor> before;
    for (const StateEntry& entry : state_of(model)) before.push_back(entry.tensor.clone());
    const Tensor first = model.forward(x, kProbe);
    CHECK(bit_equal(model.forward(x, kProbe).detach(), first.detach()));
    const std::vector<StateEntry> after = state_of(model);
    for (std::size_t i = 0; i < after.size(); ++i) CHECK(bit_equal(after[i].tensor, before[i]));
  }
}

TEST_CASE("a training pass counts once, evaluation and probes not at all, for every norm") {
  const Tensor x = random_tensor({6, 4, 4, 3}, 1, DType::kFloat32);
  for (const std::string& spec : norm_specs()) {
    CAPTURE(spec);
    Sequential model = conv_and_norm(spec, 4, 4, DType::kFloat32);
    model.forward(x, kTraining);
    model.forward(x, kEvaluation);
    model.forward(x, kProbe);
    for (const StateEntry& entry : state_of(model)) {
      const bool frozen = spec == "batch:frozen";
      if (entry.kind == StateKind::kCounter) CHECK(entry.tensor.item() == (frozen ? 0 : 1));
    }
  }
}

TEST_CASE("a large common offset does not cancel, for every norm") {
  // What depends on the offset itself keeps float32's seven digits of it, and no more.
  Tensor x = random_tensor({8, 4, 4, 8}, 1, DType::kFloat32);
  for (std::int64_t i = 0; i < x.numel(); ++i) {
    x.mutable_data<float>()[i] = 1e4f + 0.1f * x.data<float>()[i];
  }
  for (const auto& [name, entry] : norm_table()) {
    CAPTURE(name);
    const NormSite site{.channels = 8, .height = 4, .width = 4};
    const ModulePtr norm = make_norm(name, site), exact = make_norm(name, site);
    convert(*exact, DType::kFloat64);
    CHECK(relative_error(norm->forward(x, kTraining).detach(),
                         exact->forward(x.to(DType::kFloat64), kTraining).detach()) < 0.01);
  }
}

TEST_CASE("inputs of 1e20 overflow neither the values nor the gradients, for every norm") {
  Tensor x = random_tensor({8, 4, 4, 8}, 1, DType::kFloat32);
  for (std::int64_t i = 0; i < x.numel(); ++i) x.mutable_data<float>()[i] *= 1e20f;
  const Tensor dy = random_tensor(x.shape(), 2, DType::kFloat32);
  for (const std::string& spec : norm_specs()) {
    if (spec.find('+') != std::string::npos) continue;  // a rule for the weights, not for x
    CAPTURE(spec);
    const NormSite site{.channels = 8, .height = 4, .width = 4};
    const auto run = [&](DType dtype) {
      const ModulePtr norm = make_norm(spec, site), activation = make_norm_activation(spec, site);
      convert(*norm, dtype);
      if (activation) convert(*activation, dtype);
      Tensor leaf = x.to(dtype).clone().set_requires_grad();
      Tensor y = norm->forward(leaf, kTraining);
      if (activation) y = activation->forward(y, kTraining);
      backward(y, dy.to(dtype));
      return std::pair{y.detach(), leaf.grad()};
    };
    const auto [y, dx] = run(DType::kFloat32);
    const auto [expected, expected_dx] = run(DType::kFloat64);
    for (const float v : dx.values<float>()) REQUIRE(std::isfinite(v));
    for (const float v : y.values<float>()) REQUIRE(std::isfinite(v));
    if (spec.starts_with("bcn") || spec == "batch:frozen") continue;  // the next test
    CHECK(relative_error(y, expected) < 1e-5);
    CHECK(relative_error(dx, expected_dx) < 1e-3);
  }
}

TEST_CASE("a running variance is float32: infinite from 3.4e38 on, where it normalises to 0") {
  Tensor x = random_tensor({8, 4, 4, 8}, 1, DType::kFloat32);
  for (std::int64_t i = 0; i < x.numel(); ++i) x.mutable_data<float>()[i] *= 1e20f;
  BatchNorm norm(8);
  norm.forward(x, kTraining);
  CHECK(std::isinf(state_named(norm, "running_var").at({0})));
  CHECK(norm.forward(x, kEvaluation).at({0, 0, 0, 0}) == 0);
}

TEST_CASE("the same bits for any number of threads, for every norm") {
  const Tensor x = random_tensor({8, 12, 12, 3}, 1, DType::kFloat32);
  const Tensor dy = random_tensor({8, 12, 12, 8}, 2, DType::kFloat32);
  const ThreadCount restored;
  for (const std::string& spec : norm_specs()) {
    CAPTURE(spec);
    std::vector<Tensor> expected;
    for (const int threads : {1, 3}) {
      set_num_threads(threads);
      Sequential model = conv_and_norm(spec, 12, 12, DType::kFloat32);
      backward(model.forward(x, kTraining), dy);
      std::vector<Tensor> found;
      for (const StateEntry& entry : state_of(model)) {
        found.push_back(is_parameter(entry.kind) ? entry.tensor.grad() : entry.tensor);
      }
      if (expected.empty()) expected = found;
      for (std::size_t i = 0; i < found.size(); ++i) CHECK(bit_equal(found[i], expected[i]));
    }
  }
}

TEST_CASE("NaN passes through every norm instead of becoming something plausible") {
  for (const auto& [name, entry] : norm_table()) {
    CAPTURE(name);
    Tensor x = random_tensor({4, 3, 3, 8}, 1, DType::kFloat32);
    x.mutable_data<float>()[3] = std::nanf("");
    const NormSite site{.channels = 8, .height = 3, .width = 3};
    const ModulePtr norm = make_norm(name, site), activation = make_norm_activation(name, site);
    Tensor y = norm->forward(x, kTraining);
    if (activation) y = activation->forward(y, kTraining);
    CHECK(std::isnan(y.at({0, 0, 0, 3})));
  }
}

// Keel has no clone(): a copy is a new layer that takes the state.
TEST_CASE("a copy by its state goes on the same, in residual branches, for every norm") {
  const Tensor x = random_tensor({6, 4, 4, 8}, 1, DType::kFloat32);
  for (const std::string& spec : norm_specs()) {
    CAPTURE(spec);
    Residual block = residual_block(spec, 8, DType::kFloat32),
             copy = residual_block(spec, 8, DType::kFloat32);
    Rng rng(3);
    draw_norm_parameters(block, rng);
    for (int step = 0; step < 3; ++step) block.forward(x, kTraining);
    load_state_dict(copy, state_dict(block));
    CHECK(bit_equal(copy.forward(x, kEvaluation).detach(), block.forward(x, kEvaluation).detach()));
    CHECK(bit_equal(copy.forward(x, kTraining).detach(), block.forward(x, kTraining).detach()));
    const std::vector<StateEntry> expected = state_of(block), found = state_of(copy);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      CHECK(bit_equal(found[i].tensor, expected[i].tensor));
    }
  }
}

TEST_CASE("gamma starts at 1, beta at 0, and evaluation before the first step is finite") {
  for (const std::string& spec : norm_specs()) {
    CAPTURE(spec);
    const ModulePtr norm = make_norm(spec, {.channels = 16, .height = 3, .width = 3});
    for (const StateEntry& entry : parameters_of(*norm)) {
      const double initial = entry.kind == StateKind::kNormWeight ? 1 : 0;
      if (entry.kind == StateKind::kNormExtra) continue;
      CHECK(max_difference(entry.tensor, Tensor::full(entry.tensor.shape(), initial)) == 0);
    }
    const Tensor x = random_tensor({2, 3, 3, 16}, 1, DType::kFloat32);
    const Tensor y = norm->forward(x, kEvaluation).detach();
    for (const float v : y.values<float>()) REQUIRE(std::isfinite(v));
  }
  BatchNorm fresh(2);
  const Tensor x = four_values();
  CHECK(max_difference(fresh.forward(x, kEvaluation), x) < 1e-3);  // running mean 0, variance 1
}

TEST_CASE("an evaluation pass between forward and backward disturbs nothing") {
  for (const std::string& spec : norm_specs()) {
    CAPTURE(spec);
    const auto gradient = [&spec](bool disturb) {
      const ModulePtr norm = make_norm(spec, {.channels = 16, .height = 3, .width = 3});
      Tensor x = random_tensor({4, 3, 3, 16}, 1, DType::kFloat32).set_requires_grad();
      const Tensor y = norm->forward(x, kTraining);
      std::vector<Tensor> before;
      for (const StateEntry& entry : state_of(*norm)) before.push_back(entry.tensor.clone());
      if (disturb) norm->forward(random_tensor({7, 3, 3, 16}, 2, DType::kFloat32), kEvaluation);
      const std::vector<StateEntry> after = state_of(*norm);
      for (std::size_t i = 0; i < after.size(); ++i) CHECK(bit_equal(after[i].tensor, before[i]));
      backward(y, random_tensor(y.shape(), 3, DType::kFloat32));
      return x.grad();
    };
    CHECK(bit_equal(gradient(true), gradient(false)));
  }
}

TEST_CASE("an evaluation pass between forward and backward leaves rules for weights as they are") {
  for (const char* spec : {"none+ws", "none+sws", "none+wn", "none+sn"}) {
    CAPTURE(spec);
    const auto gradient = [spec](bool disturb) {
      Rng rng(1);
      Dense dense(6, 5, DenseOptions{.weight_rules = weight_rules(spec)}, rng);
      Tensor x = random_tensor({4, 6}, 1, DType::kFloat32).set_requires_grad();
      const Tensor y = dense.forward(x, kTraining);
      if (disturb) dense.forward(random_tensor({3, 6}, 2, DType::kFloat32), kEvaluation);
      backward(y, random_tensor(y.shape(), 3, DType::kFloat32));
      return x.grad();
    };
    CHECK(bit_equal(gradient(true), gradient(false)));
  }
}

TEST_CASE("one value per channel is an error that names the layer and the way out") {
  Rng rng(1);
  Sequential model;
  model.add<Dense>(3, 4, DenseOptions{}, rng).add<BatchNorm>(4);
  CHECK_THROWS_WITH(model.forward(Tensor::zeros({1, 3}), kTraining),
                    ContainsSubstring("in 1 (BatchNorm(4))") && ContainsSubstring("[1, 4]") &&
                        ContainsSubstring("--drop-last"));
  CHECK_NOTHROW(model.forward(Tensor::zeros({1, 3}), kEvaluation));
}

TEST_CASE("one value per sample is an error where it would be divided by nothing but eps") {
  for (const std::string name : {"switchable", "evonorm-s0:4", "batch-instance"}) {
    CAPTURE(name);
    const ModulePtr norm = make_norm(name, {.channels = 4, .height = 2, .width = 2});
    CHECK_THROWS_WITH(norm->forward(Tensor::zeros({3, 1, 1, 4}), kTraining),
                      ContainsSubstring("has no variance"));
  }
}

TEST_CASE("filter response norm learns its eps where planes have one pixel, unless told") {
  const auto learns = [](const std::string& spec, std::int64_t extent) {
    const ModulePtr norm = make_norm(spec, {.channels = 4, .height = extent, .width = extent});
    return state_dict(*norm).contains("eps");
  };
  CHECK(learns("frn", 1));
  CHECK_FALSE(learns("frn", 2));
  CHECK_FALSE(learns("frn:learn-eps=no", 1));
  CHECK(learns("frn:learn-eps=yes", 2));
}

TEST_CASE("instance norm: evaluation equals training, 1x1 planes are a clear error") {
  const ModulePtr norm = make_norm("instance", {4});
  const Tensor x = random_tensor({2, 3, 3, 4}, 1, DType::kFloat32);
  const Tensor trained = norm->forward(x, kTraining);
  CHECK(bit_equal(norm->forward(x, kEvaluation), trained));
  CHECK_THROWS_WITH(norm->forward(Tensor::zeros({2, 1, 1, 4}), kTraining),
                    ContainsSubstring("one value per sample and group"));
}

TEST_CASE(
    "instance norm that tracks: the mean over samples, unbiased variances, used in evaluation") {
  InstanceNorm norm(1, {.momentum = 0.5, .track_running_stats = true});
  // Two samples of four pixels: means 2.5 and 6.5, biased variances 1.25 and 5.
  const Tensor x = Tensor::from({2, 2, 2, 1}, {1, 2, 3, 4, 3.5, 5.5, 7.5, 9.5});
  norm.forward(x, kTraining);
  CHECK(state_named(norm, "running_mean").at({0}) == Approx(0.5 * 4.5));
  CHECK(state_named(norm, "running_var").at({0}) == Approx(0.5 + 0.5 * (1.25 + 5) / 2 * 4 / 3));
  const Tensor y = norm.forward(x, kEvaluation);
  CHECK(y.at({0, 0, 0, 0}) == Approx((1 - state_named(norm, "running_mean").at({0})) /
                                     std::sqrt(state_named(norm, "running_var").at({0}) + 1e-5)));
}

TEST_CASE("frozen statistics stay bitwise unchanged; freezing the affine part is another thing") {
  BatchNorm norm(2);
  norm.forward(four_values(), kTraining);
  norm.freeze_statistics(true);
  const Tensor mean = state_named(norm, "running_mean").clone(),
               var = state_named(norm, "running_var").clone();
  const Tensor y = norm.forward(four_values(), kTraining);
  CHECK(bit_equal(state_named(norm, "running_mean"), mean));
  CHECK(bit_equal(state_named(norm, "running_var"), var));
  CHECK(bit_equal(y.detach(), norm.forward(four_values(), kEvaluation).detach()));
  CHECK(y.requires_grad());  // gamma and beta still learn

  norm.freeze_statistics(false);
  set_trainable(norm, false);
  CHECK_FALSE(norm.forward(four_values(), kTraining).requires_grad());
  CHECK_FALSE(bit_equal(state_named(norm, "running_mean"), mean));
}

TEST_CASE(
    "untracked batch norm normalises with the batch in evaluation too, and saves no statistics") {
  BatchNorm norm(2, {.track_running_stats = false});
  CHECK(state_of(norm).size() == 2);
  const Tensor trained = norm.forward(four_values(), kTraining);
  CHECK(bit_equal(norm.forward(four_values(), kEvaluation).detach(), trained.detach()));
}

TEST_CASE("only a training pass updates the running statistics, once") {
  BatchNorm norm(2);
  norm.forward(four_values(), kTraining);
  norm.forward(four_values(), kEvaluation);
  CHECK(state_named(norm, "num_batches_tracked").item() == 1);
}

TEST_CASE("NaN reaches its channel's running statistics, and no other's") {
  Tensor x = four_values();
  x.mutable_data<float>()[0] = std::nanf("");
  BatchNorm norm(2);
  const Tensor y = norm.forward(x, kTraining);
  CHECK(std::isnan(y.at({1, 0})));
  CHECK(std::isfinite(y.at({1, 1})));
  for (const std::string name : {"running_mean", "running_var"}) {
    CHECK(std::isnan(state_named(norm, name).at({0})));
    CHECK(std::isfinite(state_named(norm, name).at({1})));
  }
}

TEST_CASE("images of other channels are an error that says how many the layer takes") {
  const std::set<std::string> takes_any{"none", "lrn", "selu", "fixup", "skipinit"};
  for (const auto& [name, entry] : norm_table()) {
    if (takes_any.contains(name)) continue;
    INFO(name);
    const ModulePtr norm = make_norm(name, {.channels = 8, .height = 4, .width = 4});
    CHECK_THROWS_WITH(norm->forward(Tensor::zeros({2, 4, 4, 6}), kTraining),
                      ContainsSubstring(", 8]") && EndsWith("got [2, 4, 4, 6]"));
  }
}

TEST_CASE("groups: eight channels each unless said otherwise, and they have to fit") {
  CHECK_THROWS_WITH(make_norm("group:4", {6}),
                    "normalisation 'group:4': 6 channels do not divide into 4 groups; choose a "
                    "number that divides all widths of the model, or none: groups of 8 channels");
  CHECK_THROWS_WITH(make_norm("evonorm-s0:4", {6}),
                    ContainsSubstring("6 channels do not divide into 4 groups"));
  CHECK_THROWS_WITH(make_norm("bcn:6", {6}), ContainsSubstring("choose fewer groups"));
  CHECK_THROWS_WITH(GroupNorm(4, 6), ContainsSubstring("choose a number that divides 6"));
  CHECK(default_groups(64) == 8);
  CHECK(default_groups(6) == 1);
}
