#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include <keel/core/autograd.h>
#include <keel/core/ops/elementwise.h>
#include <keel/core/ops/reduce.h>

#include "tests/support/gradient_check.h"
#include "tests/support/test.h"
#include "tests/support/thread_check.h"

using keel::Axes;
using keel::DType;
using keel::Shape;
using keel::Tensor;
using namespace keel::testing;

namespace {

struct Reduction {
  std::string name;
  std::function<Tensor(const Tensor&, const Axes&, bool)> op;
  std::function<double(const std::vector<double>&)> reference;
};

double sum_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum;
}

double squares_of(const std::vector<double>& values) {
  const double mean = sum_of(values) / static_cast<double>(values.size());
  double sum = 0;
  for (const double value : values) sum += (value - mean) * (value - mean);
  return sum;
}

const std::vector<Reduction>& reductions() {
  static const std::vector<Reduction> all{
      {"sum", keel::sum, sum_of},
      {"mean", keel::mean,
       [](const auto& values) { return sum_of(values) / static_cast<double>(values.size()); }},
      {"max", keel::max,
       [](const auto& values) { return *std::max_element(values.begin(), values.end()); }},
      {"variance",
       [](const Tensor& x, const Axes& axes, bool keep_dims) {
         return keel::variance(x, axes, keep_dims);
       },
       [](const auto& values) {
         return squares_of(values) / static_cast<double>(values.size() - 1);
       }},
      {"variance without correction",
       [](const Tensor& x, const Axes& axes, bool keep_dims) {
         return keel::variance(x, axes, keep_dims, 0);
       },
       [](const auto& values) { return squares_of(values) / static_cast<double>(values.size()); }},
  };
  return all;
}

const std::vector<Axes> kAxes{{},     {0},       {1},    {-1},   {0, 1},
                              {2, 1}, {1, 2, 3}, {0, 2}, {0, 3}, {1, 3}};

// Gathers the elements of each result, then summarises them.
Tensor naive_reduce(const Reduction& reduction, const Tensor& x, const Axes& axes) {
  Shape shape = x.shape();
  for (int axis = 0; axis < x.rank(); ++axis) {
    bool reduced = axes.empty();
    for (const int named : axes) reduced = reduced || x.shape().axis(named) == axis;
    if (reduced) shape.set(axis, 1);
  }
  std::vector<std::vector<double>> groups(static_cast<std::size_t>(shape.numel()));
  for (std::int64_t i = 0; i < x.numel(); ++i) {
    std::int64_t rest = i, group = 0, stride = 1;
    for (int axis = x.rank() - 1; axis >= 0; --axis) {
      if (shape[axis] != 1) group += rest % x.size(axis) * stride;
      stride *= shape[axis];
      rest /= x.size(axis);
    }
    groups[static_cast<std::size_t>(group)].push_back(x.data<double>()[i]);
  }
  std::vector<double> results;
  for (const auto& group : groups) results.push_back(reduction.reference(group));
  return Tensor::from<double>(shape, results);
}

}  // namespace

TEST_CASE("reductions over any axes: values, gradients, threads") {
  for (const Reduction& reduction : reductions()) {
    for (const Axes& axes : kAxes) {
      CAPTURE(reduction.name, fmt::format("{}", fmt::join(axes, ", ")));
      const Tensor x = random_tensor({3, 2, 4, 5}, 1);
      const Tensor expected = naive_reduce(reduction, x, axes);
      CHECK(max_difference(reduction.op(x, axes, true), expected) < 1e-14);
      CHECK(max_difference(reduction.op(x.to(DType::kFloat32), axes, true), expected) < 1e-5);
      const Tensor flat = reduction.op(x, axes, false);
      CHECK(flat.rank() == (axes.empty() ? 0 : x.rank() - static_cast<int>(axes.size())));
      CHECK(flat.numel() == expected.numel());
      check_gradient([&](const auto& in) { return reduction.op(in[0], axes, false); }, {x});
      check_gradient([&](const auto& in) { return reduction.op(in[0], axes, true); }, {x});
      check_threads([&](const auto& in) { return reduction.op(in[0], axes, false); },
                    {random_tensor({5, 33, 4, 101}, 2)});
    }
  }
}

TEST_CASE("reductions of long and of many rows") {
  for (const Shape& shape : {Shape{1, 100003}, Shape{100003, 1}, Shape{70, 700}, Shape{40000, 3}}) {
    const Tensor x = random_tensor(shape, 3);
    for (const Reduction& reduction : reductions()) {
      CAPTURE(reduction.name, shape.to_string());
      CHECK(relative_error(reduction.op(x, {}, true), naive_reduce(reduction, x, {})) < 1e-11);
      const int longer = shape[0] > shape[1] ? 0 : 1;
      CHECK(relative_error(reduction.op(x, {longer}, true), naive_reduce(reduction, x, {longer})) <
            1e-11);
    }
  }
}

TEST_CASE("float32 sums and variances keep their digits") {
  // Added one by one in float32, a million times 0.1 gives 100958.34.
  CHECK(keel::sum(Tensor::full({1000000}, 0.1)).item() == Approx(100000.0).epsilon(1e-7));
  // E[x^2] - E[x]^2 in float32 would be 0 or negative.
  const Tensor x = Tensor::from({4}, {10000, 10001, 10002, 10003});
  CHECK(keel::variance(x, {}, false, 0).item() == 1.25);
}

TEST_CASE("max: ties and NaN") {
  Tensor x = Tensor::from({2, 3}, {1, 2, 2, 5, 0, 5}).set_requires_grad();
  backward(keel::max(x, {1}), Tensor::from({2}, {10, 20}));
  CHECK(bit_equal(x.grad(), Tensor::from({2, 3}, {0, 10, 0, 20, 0, 0})));
  for (int position = 0; position < 3; ++position) {
    Tensor with_nan = Tensor::ones({3});
    with_nan.mutable_data<float>()[position] = std::nanf("");
    CHECK(std::isnan(keel::max(with_nan).item()));
  }
}

TEST_CASE("reductions of nothing") {
  const Tensor empty = Tensor::zeros({0, 3});
  CHECK(bit_equal(keel::sum(empty, {0}), Tensor::zeros({3})));
  CHECK(keel::sum(empty, {1}).shape() == Shape{0});
  CHECK(keel::mean(empty, {1}).shape() == Shape{0});
  CHECK(keel::sum(Tensor::scalar(3)).item() == 3);
  CHECK(keel::max(Tensor::zeros({20'000, 0}), {0}).shape() == Shape{0});
  CHECK_THROWS_WITH(keel::mean(empty, {0}), "mean: x [0, 3] has no elements to average");
  CHECK_THROWS_WITH(keel::max(empty), "max: x [0, 3] has no elements to choose from");
  CHECK_THROWS_WITH(keel::variance(Tensor::zeros({1, 3}), {0}),
                    "variance: 1 element(s) of x [1, 3] are too few for correction 1");
}

TEST_CASE("reductions say which axis is wrong") {
  const Tensor x = Tensor::zeros({2, 3});
  CHECK_THROWS_WITH(keel::sum(x, {2}), "axis 2 is outside shape [2, 3]");
  CHECK_THROWS_WITH(keel::max(x, {1, -1}), "max: axis -1 of x [2, 3] is named twice");
}
