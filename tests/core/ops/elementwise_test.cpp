#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <keel/core/autograd.h>
#include <keel/core/ops/elementwise.h>
#include <keel/core/ops/reduce.h>

#include "tests/support/gradient_check.h"
#include "tests/support/test.h"
#include "tests/support/thread_check.h"

using keel::DType;
using keel::Shape;
using keel::Tensor;
using namespace keel::testing;

namespace {

struct Binary {
  std::string name;
  std::function<Tensor(const Tensor&, const Tensor&)> op;
  std::function<double(double, double)> reference;
};

const std::vector<Binary>& binaries() {
  static const std::vector<Binary> all{
      {"add", keel::add, [](double a, double b) { return a + b; }},
      {"sub", keel::sub, [](double a, double b) { return a - b; }},
      {"mul", keel::mul, [](double a, double b) { return a * b; }},
      {"div", keel::div, [](double a, double b) { return a / b; }},
      {"maximum", keel::maximum, [](double a, double b) { return std::max(a, b); }},
  };
  return all;
}

const std::vector<std::pair<Shape, Shape>> kShapes = {
    {{}, {}},
    {{5}, {5}},
    {{3, 4}, {4}},
    {{4}, {3, 4}},
    {{3, 4}, {}},
    {{2, 3, 4, 5}, {5}},           // a bias
    {{2, 3, 4, 5}, {2, 1, 1, 5}},  // per sample and channel
    {{2, 3, 4, 5}, {1, 3, 1, 5}},  // stretched axes that are no neighbours
    {{2, 1, 4}, {3, 1}},           // both are stretched
    {{1, 1}, {1}},
    {{0, 3}, {3}},
};

// Away from 0, to be divided by.
Tensor positive_tensor(const Shape& shape, std::uint64_t seed) {
  keel::Rng rng(seed);
  return Tensor::uniform(shape, 0.5, 2, rng, DType::kFloat64);
}

// x[index of the broadcast result], by NumPy's rule.
double broadcast_at(const Tensor& x, const Shape& shape, std::int64_t position) {
  std::int64_t offset = 0, stride = 1;
  for (int axis = -1; axis >= -x.rank(); --axis) {
    if (x.size(axis) != 1) offset += position % shape[axis] * stride;
    stride *= x.size(axis);
    position /= shape[axis];
  }
  return x.data<double>()[offset];
}

struct Unary {
  std::string name;
  std::function<Tensor(const Tensor&)> op;
  std::function<double(double)> reference;
};

}  // namespace

TEST_CASE("maximum: NaN wins, equals share the gradient") {
  const float nan = std::nanf("");
  const Tensor y =
      keel::maximum(Tensor::from({4}, {1, nan, 2, nan}), Tensor::from({4}, {nan, 1, 3, nan}));
  for (const std::int64_t i : {0, 1, 3}) CHECK(std::isnan(y.at({i})));
  CHECK(y.at({2}) == 3);
  const Tensor a = Tensor::from({3}, {1, 2, 3}).set_requires_grad();
  const Tensor b = Tensor::from({1}, {2}).set_requires_grad();
  keel::backward(keel::sum(keel::maximum(a, b)));
  CHECK(max_difference(a.grad(), Tensor::from({3}, {0, 0.5, 1})) == 0);
  CHECK(b.grad().item() == 1.5);
}

TEST_CASE("binary operations with broadcasting") {
  for (const Binary& binary : binaries()) {
    for (const auto& [a_shape, b_shape] : kShapes) {
      CAPTURE(binary.name, a_shape.to_string(), b_shape.to_string());
      const Tensor a = random_tensor(a_shape, 1), b = positive_tensor(b_shape, 2);
      const Shape shape = keel::broadcast(a_shape, b_shape);
      std::vector<double> expected;
      for (std::int64_t i = 0; i < shape.numel(); ++i) {
        expected.push_back(binary.reference(broadcast_at(a, shape, i), broadcast_at(b, shape, i)));
      }
      const Tensor reference = Tensor::from<double>(shape, expected);
      CHECK(max_difference(binary.op(a, b), reference) == 0);
      CHECK(max_difference(binary.op(a.to(DType::kFloat32), b.to(DType::kFloat32)), reference) <
            1e-5);
      check_gradient([&](const auto& in) { return binary.op(in[0], in[1]); }, {a, b});
    }
    const auto f = [&](const auto& in) { return binary.op(in[0], in[1]); };
    check_threads(f, {random_tensor({20, 41, 53}, 3), positive_tensor({20, 41, 53}, 4)});
    check_threads(f, {random_tensor({20, 41, 53}, 3), positive_tensor({53}, 4)});
    check_threads(f, {random_tensor({20, 41, 53}, 3), positive_tensor({1, 41, 1}, 4)});
    check_threads(f, {random_tensor({}, 3), positive_tensor({40000}, 4)});
  }
}

TEST_CASE("a tensor combined with itself") {
  check_gradient([](const auto& in) { return in[0] * in[0] + in[0] / in[0] - in[0]; },
                 {positive_tensor({3, 2}, 5)});
}

TEST_CASE("operators with numbers") {
  const Tensor x = Tensor::from({2}, {1, 4});
  CHECK(bit_equal(x + 2, Tensor::from({2}, {3, 6})));
  CHECK(bit_equal(2 + x, Tensor::from({2}, {3, 6})));
  CHECK(bit_equal(x - 2, Tensor::from({2}, {-1, 2})));
  CHECK(bit_equal(2 - x, Tensor::from({2}, {1, -2})));
  CHECK(bit_equal(x * 3, Tensor::from({2}, {3, 12})));
  CHECK(bit_equal(3 * x, Tensor::from({2}, {3, 12})));
  CHECK(bit_equal(x / 2, Tensor::from({2}, {0.5, 2})));
  CHECK(bit_equal(2 / x, Tensor::from({2}, {2, 0.5})));
  CHECK((x.to(DType::kFloat64) / 3).at({0}) == 1.0 / 3.0);
  check_gradient([](const auto& in) { return 2 / (1 - in[0] * 0.25) - (3 + in[0]) / 7; },
                 {positive_tensor({5}, 6)});
}

TEST_CASE("only the gradients that are needed") {
  for (const Binary& binary : binaries()) {
    INFO(binary.name);
    const Tensor constant = Tensor::full({2}, 3);
    Tensor x = Tensor::ones({2}).set_requires_grad();
    backward(binary.op(x, constant), Tensor::ones({2}));
    CHECK(x.has_grad());
    x.clear_grad();
    backward(binary.op(constant, x), Tensor::ones({2}));
    CHECK(x.has_grad());
    CHECK_FALSE(constant.has_grad());
  }
}

TEST_CASE("functions of one tensor") {
  const std::vector<Unary> unaries{
      {"neg", keel::neg, [](double v) { return -v; }},
      {"exp", keel::exp, [](double v) { return std::exp(v); }},
      {"log", keel::log, [](double v) { return std::log(v); }},
      {"sqrt", keel::sqrt, [](double v) { return std::sqrt(v); }},
      {"abs", keel::abs, [](double v) { return std::abs(v); }},
      {"pow 2", [](const Tensor& x) { return keel::pow(x, 2); }, [](double v) { return v * v; }},
      {"pow 3", [](const Tensor& x) { return keel::pow(x, 3); },
       [](double v) { return v * v * v; }},
      {"pow -0.5", [](const Tensor& x) { return keel::pow(x, -0.5); },
       [](double v) { return 1 / std::sqrt(v); }},
      {"clamp", [](const Tensor& x) { return keel::clamp(x, 0.8, 1.25); },
       [](double v) { return std::min(std::max(v, 0.8), 1.25); }},
  };
  for (const Unary& unary : unaries) {
    INFO(unary.name);
    for (const Shape& shape : {Shape{}, Shape{7}, Shape{3, 1, 5}, Shape{0}}) {
      const Tensor x = positive_tensor(shape, 7);
      std::vector<double> expected;
      for (const double v : x.values<double>()) expected.push_back(unary.reference(v));
      const Tensor reference = Tensor::from<double>(shape, expected);
      CHECK(max_difference(unary.op(x), reference) < 1e-14);
      CHECK(max_difference(unary.op(x.to(DType::kFloat32)), reference) < 1e-5);
      check_gradient([&](const auto& in) { return unary.op(in[0]); }, {x});
    }
    check_threads([&](const auto& in) { return unary.op(in[0]); }, {positive_tensor({50001}, 8)});
    CHECK(std::isnan(unary.op(Tensor::scalar(std::nan(""))).item()));
  }
  for (const auto& op : {keel::neg, keel::abs}) {
    check_gradient([&](const auto& in) { return op(in[0]); }, {random_tensor({9}, 9)});
  }
}

TEST_CASE("gradients at the corners") {
  const auto gradient_at_0 = [](const std::function<Tensor(const Tensor&)>& f) {
    Tensor x = Tensor::scalar(0).set_requires_grad();
    backward(f(x));
    return x.grad().item();
  };
  CHECK(gradient_at_0(keel::abs) == 0);
  CHECK(gradient_at_0([](const Tensor& x) { return keel::pow(x, 0); }) == 0);
  CHECK(gradient_at_0([](const Tensor& x) { return keel::clamp(x, 0, 1); }) == 1);
}

TEST_CASE("elementwise operations say what does not fit") {
  CHECK_THROWS_WITH(
      Tensor::zeros({2, 3}) + Tensor::zeros({2}),
      "add: shapes [2, 3] and [2] do not broadcast: extents 3 and 2 differ and neither is 1");
  CHECK_THROWS_WITH(Tensor::zeros({2}) * Tensor::zeros({2}, DType::kFloat64),
                    "mul: a is float32, b is float64");
  CHECK_THROWS_WITH(keel::clamp(Tensor::zeros({1}), 2, 1), "clamp: low 2 is not at most high 1");
}

TEST_CASE("cast changes the dtype and hands the gradient back in the first one") {
  Tensor x = Tensor::from({2}, {0.5, 1e20}).set_requires_grad();
  const Tensor wide = keel::cast(x, DType::kFloat64);
  CHECK(wide.dtype() == DType::kFloat64);
  const Tensor square = wide * wide;  // beyond float32
  CHECK(square.at({1}) == Approx(1e40));
  keel::backward(square, Tensor::full({2}, 1, DType::kFloat64));
  CHECK(x.grad().dtype() == DType::kFloat32);
  CHECK(x.grad().at({1}) == Approx(2e20));
  CHECK(bit_equal(keel::cast(wide.detach(), DType::kFloat64), wide.detach()));
}
