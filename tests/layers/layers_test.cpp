#include <cmath>

#include <keel/core/autograd.h>
#include <keel/layers/activation.h>
#include <keel/layers/conv2d.h>
#include <keel/layers/dense.h>
#include <keel/layers/dropout.h>
#include <keel/layers/flatten.h>
#include <keel/layers/init.h>
#include <keel/layers/pool.h>
#include <keel/layers/residual.h>
#include <keel/layers/sequential.h>
#include <keel/layers/state.h>

#include "tests/support/gradient_check.h"
#include "tests/support/test.h"

using namespace keel;
using namespace keel::testing;

namespace {

const Mode kTraining{.training = true};

double deviation(const Tensor& x) {
  double sum = 0;
  for (const float v : x.values<float>()) sum += double{v} * double{v};
  return std::sqrt(sum / static_cast<double>(x.numel()));
}

double largest(const Tensor& x) {
  double most = 0;
  for (const float v : x.values<float>()) most = std::max(most, std::abs(double{v}));
  return most;
}

}  // namespace

TEST_CASE("initial weights have the deviation and bounds of their scheme") {
  const Shape dense{400, 300}, conv{64, 3, 3, 32};
  const Rng rng(1);
  CHECK(largest(initial_weight(dense, Init::kPyTorch, rng)) ==
        Approx(1 / std::sqrt(300)).epsilon(0.01));
  CHECK(largest(initial_weight(conv, Init::kKaimingUniform, rng)) ==
        Approx(std::sqrt(6.0 / (9 * 32))).epsilon(0.01));
  CHECK(deviation(initial_weight(conv, Init::kKaimingNormal, rng)) ==
        Approx(std::sqrt(2.0 / (9 * 32))).epsilon(0.02));
  CHECK(deviation(initial_weight(dense, Init::kXavierNormal, rng)) ==
        Approx(std::sqrt(2.0 / 700)).epsilon(0.02));
  CHECK(largest(initial_weight(dense, Init::kXavierUniform, rng)) ==
        Approx(std::sqrt(6.0 / 700)).epsilon(0.01));
  CHECK(deviation(initial_weight(dense, Init::kNormal, rng)) == Approx(1).epsilon(0.02));
  CHECK(fans_of({8, 3, 3, 1}, 8).in == 9);  // depthwise
  CHECK(fans_of({8, 3, 3, 1}, 8).out == 9);
  CHECK(largest(initial_bias(dense, Init::kKaimingNormal, rng)) == 0);
}

TEST_CASE("a layer's weights do not depend on whether it has a bias") {
  Rng with(3), without(3);
  Dense a(4, 5, {.bias = true}, with), b(4, 5, {.bias = false}, without);
  CHECK(bit_equal(state_of(a)[0].tensor, state_of(b)[0].tensor));
  Dense next_a(4, 5, {}, with), next_b(4, 5, {}, without);
  CHECK(bit_equal(state_of(next_a)[0].tensor, state_of(next_b)[0].tensor));
  CHECK_FALSE(bit_equal(state_of(a)[0].tensor, state_of(next_a)[0].tensor));
}

TEST_CASE(
    "weight standardisation: every filter has mean 0 and deviation 1, differentiated through") {
  Rng rng(1);
  Conv2d conv(3, 4, {.bias = false, .weight_rules = weight_rules("none+ws")}, rng);
  convert(conv, DType::kFloat64);
  // An input that is 1 at one tap reads the standardised weights out.
  Tensor probe = Tensor::zeros({1, 3, 3, 3}, DType::kFloat64);
  std::vector<double> sum(4), squares(4);
  for (std::int64_t i = 0; i < 27; ++i) {
    probe.fill(0);
    probe.mutable_data<double>()[i] = 1;
    const Tensor y = conv.forward(probe, kTraining);
    for (std::size_t k = 0; k < 4; ++k) {
      const double w = y.data<double>()[k];
      sum[k] += w;
      squares[k] += w * w;
    }
  }
  for (std::size_t k = 0; k < 4; ++k) {
    CHECK(sum[k] == Approx(0).margin(1e-10));
    CHECK(squares[k] / 27 == Approx(1).epsilon(1e-3));
  }
  const Tensor x = random_tensor({2, 4, 4, 3}, 2);
  check_gradient(
      [&](const auto& in) {
        StateVisitor replace(
            [&](const std::string&, Tensor& tensor, StateKind) { tensor = in[1]; });
        conv.visit(replace);
        return conv.forward(in[0], kTraining);
      },
      {x, random_tensor({4, 3, 3, 3}, 3)});
}

TEST_CASE("a sequential names its children and adds where an error happened") {
  Rng rng(1);
  Sequential inner;
  auto features = std::make_unique<Sequential>();
  features->add<Conv2d>(1, 2, Conv2dOptions{}, rng).add<Activation>("relu");
  Sequential model;
  model.add("features", std::move(features)).add<Flatten>();
  std::vector<std::string> names;
  for (const StateEntry& entry : state_of(model)) names.push_back(entry.path);
  CHECK(names == std::vector<std::string>{"features.0.weight", "features.0.bias"});
  CHECK(parameter_count(model) == 2 * 9 + 2);
  CHECK_THROWS_WITH(
      model.forward(Tensor::zeros({1, 5, 5, 3}), kTraining),
      ContainsSubstring("in features.0 (Conv2d(1, 2, kernel 3)): conv2d: weight [2, 3, 3, 1]"));
  CHECK_THROWS_WITH(model.add("features", std::make_unique<Flatten>()),
                    ContainsSubstring("two children are called features"));
}

TEST_CASE("an observer sees every child, and dropout's masks depend on step and path alone") {
  struct Paths : ForwardObserver {
    std::vector<std::string> seen;
    void observe(const std::string& path, Module&, const Tensor&, const Tensor&) override {
      seen.push_back(path);
    }
  } paths;
  Sequential model;
  model.add<Dropout>(0.5).add<Dropout>(0.5);
  Mode mode{.training = true, .rng = Rng(1).fork(7), .observer = &paths};
  const Tensor x = Tensor::ones({1000});
  const Tensor y = model.forward(x, mode);
  CHECK(paths.seen == std::vector<std::string>{"0", "1"});
  CHECK(bit_equal(model.forward(x, mode), y));
  double kept = 0;
  for (const float v : y.values<float>()) kept += v != 0;
  CHECK(kept / 1000 == Approx(0.25).margin(0.06));  // two masks that are not the same
  CHECK(bit_equal(model.forward(x, {.training = false}), x));
  CHECK_THROWS_WITH(Dropout(1.5), ContainsSubstring("1.5 is not between 0 and 1"));
}

TEST_CASE("residual: y = activation(f(x) + g(x))") {
  Rng rng(1);
  auto main = std::make_unique<Conv2d>(2, 4, Conv2dOptions{.stride = 2, .padding = 1}, rng);
  Conv2d& conv = *main;
  Residual block(std::move(main), std::make_unique<SubsampleShortcut>(2, 4),
                 std::make_unique<Activation>("relu"));
  const Tensor x = random_tensor({1, 4, 4, 2}, 1, DType::kFloat32);
  const Tensor y = block.forward(x, kTraining), f = conv.forward(x, kTraining);
  REQUIRE(y.shape() == Shape{1, 2, 2, 4});
  CHECK(y.at({0, 1, 1, 1}) == Approx(std::max(0.0, f.at({0, 1, 1, 1}) + x.at({0, 2, 2, 0}))));
  CHECK(y.at({0, 1, 1, 0}) == Approx(std::max(0.0, f.at({0, 1, 1, 0}))));
}

TEST_CASE("state dicts use PyTorch's order of axes and load strictly") {
  Rng rng(1), other_rng(2);
  Conv2d conv(3, 4, {.kernel = 2}, rng), other(3, 4, {.kernel = 2}, other_rng);
  StateDict state = state_dict(conv);
  REQUIRE(state.at("weight").shape() == Shape{4, 3, 2, 2});
  CHECK(state.at("weight").at({1, 2, 0, 1}) == state_of(conv)[0].tensor.at({1, 0, 1, 2}));
  load_state_dict(other, state);
  CHECK(bit_equal(state_of(other)[0].tensor, state_of(conv)[0].tensor));

  state.erase("bias");
  state["wieght"] = Tensor::zeros({1});
  state["weight"] = Tensor::zeros({4, 3, 3, 3});
  CHECK_THROWS_WITH(load_state_dict(other, state),
                    ContainsSubstring("missing: bias [4]") &&
                        ContainsSubstring("unexpected: wieght [1]") &&
                        ContainsSubstring("weight is [4, 3, 3, 3], expected [4, 3, 2, 2]"));
  CHECK(bit_equal(state_of(other)[0].tensor, state_of(conv)[0].tensor));  // unchanged
}

TEST_CASE("activations by name; unknown ones meet the nearest") {
  const Tensor x = Tensor::from({1}, {2});
  CHECK(Activation("sigmoid").forward(x, kTraining).item() == Approx(1 / (1 + std::exp(-2.0))));
  CHECK(Activation("none").forward(x, kTraining).item() == 2);
  CHECK_THROWS_WITH(Activation("rellu"), ContainsSubstring("did you mean 'relu'?"));
}

TEST_CASE("layers refuse extents that cannot be") {
  Rng rng(1);
  CHECK_THROWS_WITH(Dense(0, 3, {}, rng), ContainsSubstring("0 inputs"));
  CHECK_THROWS_WITH(Conv2d(3, 4, {.groups = 2}, rng),
                    ContainsSubstring("do not divide into 2 groups"));
}
