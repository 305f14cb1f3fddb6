#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

#include <keel/core/autograd.h>
#include <keel/core/ops/activation.h>
#include <keel/core/ops/elementwise.h>

#include "tests/support/gradient_check.h"
#include "tests/support/test.h"
#include "tests/support/thread_check.h"

namespace {

using keel::DType;
using keel::GeluForm;
using keel::Tensor;
using keel::testing::check_gradient;
using keel::testing::random_tensor;

constexpr double kInf = std::numeric_limits<double>::infinity();

struct Activation {
  std::string name;
  std::function<Tensor(const Tensor&)> op;
  std::function<double(double)> reference;
};

double logistic(double v) {
  return std::exp(v) / (1 + std::exp(v));
}

const std::vector<Activation>& activations() {
  static const std::vector<Activation> all{
      {"relu", keel::relu, [](double v) { return std::max(v, 0.0); }},
      {"selu", [](const Tensor& x) { return keel::selu(x); },
       [](double v) {
         return 1.0507009873554805 * (v > 0 ? v : 1.6732632423543772 * std::expm1(v));
       }},
      {"leaky_relu", [](const Tensor& x) { return keel::leaky_relu(x); },
       [](double v) { return std::max(v, 0.01 * v); }},
      {"leaky_relu with slope -0.5", [](const Tensor& x) { return keel::leaky_relu(x, -0.5); },
       [](double v) { return v > 0 ? v : -0.5 * v; }},
      {"elu", [](const Tensor& x) { return keel::elu(x); },
       [](double v) { return v > 0 ? v : std::exp(v) - 1; }},
      {"elu with alpha 0.3", [](const Tensor& x) { return keel::elu(x, 0.3); },
       [](double v) { return v > 0 ? v : 0.3 * (std::exp(v) - 1); }},
      {"gelu", [](const Tensor& x) { return keel::gelu(x); },
       [](double v) { return 0.5 * v * (1 + std::erf(v / std::sqrt(2.0))); }},
      {"gelu by tanh", [](const Tensor& x) { return keel::gelu(x, GeluForm::kTanh); },
       [](double v) {
         const double inner = std::sqrt(2 / std::numbers::pi) * (v + 0.044715 * std::pow(v, 3));
         return 0.5 * v * (1 + std::tanh(inner));
       }},
      {"silu", keel::silu, [](double v) { return v * logistic(v); }},
      {"sigmoid", keel::sigmoid, logistic},
      {"tanh", keel::tanh, [](double v) { return 1 - 2 / (std::exp(2 * v) + 1); }},
      {"softplus", [](const Tensor& x) { return keel::softplus(x); },
       [](double v) { return std::log(1 + std::exp(v)); }},
      {"softplus with beta 2 and threshold 1",
       [](const Tensor& x) { return keel::softplus(x, 2, 1); },
       [](double v) { return 2 * v > 1 ? v : std::log(1 + std::exp(2 * v)) / 2; }},
  };
  return all;
}

Tensor apply(const std::function<double(double)>& f, const Tensor& x) {
  Tensor y = x.to(DType::kFloat64).clone();
  std::transform(y.data<double>(), y.data<double>() + y.numel(), y.mutable_data<double>(), f);
  return y;
}

}  // namespace

TEST_CASE("add_relu is relu of the sum, with its gradient in float64") {
  const Tensor a = random_tensor({3, 7, 5}, 1), b = random_tensor({3, 7, 5}, 2);
  CHECK(keel::testing::max_difference(keel::add_relu(a, b), keel::relu(a + b)) == 0);
  check_gradient([](const auto& in) { return keel::add_relu(in[0], in[1]); }, {a, b});
  CHECK_THROWS_WITH(keel::add_relu(a, random_tensor({5}, 3)),
                    ContainsSubstring("add_relu: expected two tensors of one shape"));
}

TEST_CASE("activations equal their formulas") {
  for (const Activation& activation : activations()) {
    INFO(activation.name);
    for (const DType dtype : {DType::kFloat32, DType::kFloat64}) {
      const Tensor x = random_tensor({3, 5, 7}, 1, dtype);
      const Tensor y = activation.op(x);
      CHECK(y.dtype() == dtype);
      CHECK(keel::testing::max_difference(y, apply(activation.reference, x)) <
            (dtype == DType::kFloat32 ? 1e-6 : 1e-14));
    }
    CHECK(std::isnan(activation.op(Tensor::scalar(std::nan(""))).item()));
    CHECK(activation.op(Tensor::zeros({0, 4})).shape() == keel::Shape{0, 4});
  }
}

TEST_CASE("gradients of activations") {
  for (const Activation& activation : activations()) {
    INFO(activation.name);
    const auto f = [&](const auto& in) { return activation.op(in[0]); };
    check_gradient(f, {random_tensor({}, 2)});
    check_gradient(f, {random_tensor({13}, 3)});
    check_gradient(f, {random_tensor({3, 1, 5}, 4)});
    // Chained: the first one's dy has a single owner and is overwritten in place.
    check_gradient([&](const auto& in) { return activation.op(activation.op(in[0])); },
                   {random_tensor({7}, 5)});
    keel::testing::check_threads(f, {random_tensor({3, 20001}, 6)});
  }
}

TEST_CASE("activations of large arguments stay finite") {
  for (const double large : {100.0, 1e4}) {
    for (const double v : {large, -large}) {
      INFO(v);
      for (const Activation& activation : activations()) {
        INFO(activation.name);
        Tensor x = Tensor::full({1}, v).set_requires_grad();
        const Tensor y = activation.op(x);
        backward(y);
        CHECK(std::isfinite(y.item()));
        CHECK(std::isfinite(x.grad().item()));
      }
    }
  }
  CHECK(keel::softplus(Tensor::full({1}, 1000), 1, kInf).item() == 1000);
  CHECK(keel::sigmoid(Tensor::full({1}, -kInf)).item() == 0);
  CHECK(keel::sigmoid(Tensor::full({1}, kInf)).item() == 1);
}

TEST_CASE("gelu keeps its small values far left of 0") {
  // x Phi(x) at -8, which 1 + erf would round to 0.
  CHECK(keel::gelu(Tensor::full({1}, -8)).item() ==
        Approx(-8 * 6.22096057427178e-16).epsilon(1e-5));
}

TEST_CASE("relu has no gradient at 0") {
  Tensor x = Tensor::zeros({2}).set_requires_grad();
  backward(keel::relu(x), Tensor::ones({2}));
  CHECK(x.grad().at({0}) == 0);
}

TEST_CASE("softplus refuses a beta that is not positive") {
  CHECK_THROWS_WITH(keel::softplus(Tensor::ones({1}), 0), "softplus: beta 0 is not positive");
}
