#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include <keel/core/autograd.h>
#include <keel/core/ops/activation.h>
#include <keel/core/ops/pool.h>

#include "tests/support/gradient_check.h"
#include "tests/support/test.h"
#include "tests/support/thread_check.h"

using keel::DType;
using keel::Pool2dOptions;
using keel::Shape;
using keel::Tensor;
using namespace keel::testing;

namespace {

struct Case {
  Shape x;
  Pool2dOptions options;
};

const std::vector<Case> kCases = {
    {{2, 4, 6, 3}, {}},
    {{2, 5, 7, 5}, {}},  // the last row and column are not seen
    {{1, 7, 7, 4}, {.kernel = 3, .stride = 2}},
    {{3, 6, 5, 2}, {.kernel = 3, .stride = 2, .padding = 1}},
    {{2, 6, 5, 2}, {.kernel = 3, .stride = 2, .padding = 1, .count_include_pad = false}},
    {{2, 4, 4, 9}, {.kernel = 3, .stride = 1, .padding = 1}},  // overlapping windows
    {{1, 5, 5, 1}, {.kernel = 1, .stride = 2}},                // gaps between windows
    {{1, 3, 3, 17}, {.kernel = 3}},
    {{2, 2, 3, 1}, {.kernel = 4, .stride = 1, .padding = 2, .count_include_pad = false}},
    {{2, 6, 7, 3}, {}},  // channels that fill no vector, and a column that no window holds
    {{2, 4, 8, 6}, {}},
    {{1, 5, 4, 10}, {}},
    {{2, 6, 6, 22}, {.kernel = 3}},
    {{1, 4, 6, 37}, {}},
};

std::int64_t pooled(std::int64_t size, const Pool2dOptions& o) {
  const std::int64_t stride = o.stride == 0 ? o.kernel : o.stride;
  return (size + 2 * o.padding - o.kernel) / stride + 1;
}

// Straight from the definition: `summary` of the values that each window holds inside the image.
Tensor naive_pool(const Tensor& x, const Pool2dOptions& o,
                  const std::function<double(const std::vector<double>&)>& summary) {
  const std::int64_t stride = o.stride == 0 ? o.kernel : o.stride;
  const Shape shape{x.size(0), pooled(x.size(1), o), pooled(x.size(2), o), x.size(3)};
  std::vector<double> y;
  for (std::int64_t n = 0; n < shape[0]; ++n) {
    for (std::int64_t h = 0; h < shape[1]; ++h) {
      for (std::int64_t w = 0; w < shape[2]; ++w) {
        for (std::int64_t c = 0; c < shape[3]; ++c) {
          std::vector<double> window;
          for (std::int64_t r = 0; r < o.kernel; ++r) {
            for (std::int64_t s = 0; s < o.kernel; ++s) {
              const std::int64_t row = h * stride - o.padding + r;
              const std::int64_t column = w * stride - o.padding + s;
              if (row < 0 || row >= x.size(1) || column < 0 || column >= x.size(2)) continue;
              window.push_back(x.at({n, row, column, c}));
            }
          }
          y.push_back(summary(window));
        }
      }
    }
  }
  return Tensor::from<double>(shape, y);
}

double largest_of(const std::vector<double>& values) {
  return *std::max_element(values.begin(), values.end());
}

double sum_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum;
}

}  // namespace

TEST_CASE("max and average pooling agree with their definitions") {
  for (const Case& c : kCases) {
    CAPTURE(c.x.to_string(), c.options.kernel, c.options.stride, c.options.padding);
    const auto mean_of = [&](const std::vector<double>& values) {
      return sum_of(values) / (c.options.count_include_pad
                                   ? static_cast<double>(c.options.kernel * c.options.kernel)
                                   : static_cast<double>(values.size()));
    };
    for (const DType dtype : {DType::kFloat32, DType::kFloat64}) {
      const Tensor x = random_tensor(c.x, 1, dtype);
      CHECK(max_difference(keel::max_pool2d(x, c.options), naive_pool(x, c.options, largest_of)) ==
            0);
      CHECK(max_difference(keel::max_pool2d(x, c.options, keel::Epilogue::kRelu),
                           keel::relu(naive_pool(x, c.options, largest_of))) == 0);
      CHECK(max_difference(keel::avg_pool2d(x, c.options), naive_pool(x, c.options, mean_of)) <
            (dtype == DType::kFloat32 ? 1e-6 : 1e-15));
    }
  }
}

TEST_CASE("pooling gradients") {
  for (const Case& c : kCases) {
    CAPTURE(c.x.to_string(), c.options.kernel, c.options.stride, c.options.padding);
    const Tensor x = random_tensor(c.x, 2);
    check_gradient([&](const auto& in) { return keel::max_pool2d(in[0], c.options); }, {x});
    check_gradient(
        [&](const auto& in) { return keel::max_pool2d(in[0], c.options, keel::Epilogue::kRelu); },
        {x});
    check_gradient([&](const auto& in) { return keel::avg_pool2d(in[0], c.options); }, {x});
    check_gradient([](const auto& in) { return keel::adaptive_avg_pool2d(in[0], 3, 2); }, {x});
    check_gradient([](const auto& in) { return keel::global_avg_pool2d(in[0]); }, {x});
  }
}

// Their chunks of channels are other ones.
TEST_CASE("pooling gradients of float32 are those of float64") {
  const auto gradient = [](const Function& f, const Tensor& values, DType dtype) {
    Tensor x = values.to(dtype).clone().set_requires_grad();
    const Tensor y = f({x});
    backward(y, random_tensor(y.shape(), 4, DType::kFloat32).to(dtype));
    return x.grad();
  };
  for (const Case& c : kCases) {
    CAPTURE(c.x.to_string(), c.options.kernel, c.options.stride, c.options.padding);
    const Tensor values = random_tensor(c.x, 3, DType::kFloat32);
    const std::vector<Function> functions = {
        [&](const auto& in) { return keel::max_pool2d(in[0], c.options); },
        [&](const auto& in) { return keel::max_pool2d(in[0], c.options, keel::Epilogue::kRelu); },
        [&](const auto& in) { return keel::avg_pool2d(in[0], c.options); }};
    for (const Function& f : functions) {
      CHECK(max_difference(gradient(f, values, DType::kFloat32),
                           gradient(f, values, DType::kFloat64)) < 1e-6);
    }
  }
}

TEST_CASE("pooling does not depend on the number of threads") {
  const Tensor x = random_tensor({7, 33, 31, 5}, 3);
  const Pool2dOptions overlapping{.kernel = 3, .stride = 2, .padding = 1};
  check_threads([&](const auto& in) { return keel::max_pool2d(in[0], overlapping); }, {x});
  check_threads([&](const auto& in) { return keel::avg_pool2d(in[0], overlapping); }, {x});
  check_threads([](const auto& in) { return keel::global_avg_pool2d(in[0]); }, {x});
}

TEST_CASE("adaptive average pooling covers every pixel") {
  // Rows of 5 into 3 windows: [0, 2), [1, 4), [3, 5).
  const Tensor x = Tensor::from({1, 5, 1, 1}, {1, 2, 3, 4, 5});
  const Tensor y = keel::adaptive_avg_pool2d(x, 3, 1);
  CHECK(y.shape() == Shape{1, 3, 1, 1});
  CHECK(y.at({0, 0, 0, 0}) == 1.5);
  CHECK(y.at({0, 1, 0, 0}) == 3);
  CHECK(y.at({0, 2, 0, 0}) == 4.5);
  CHECK(keel::adaptive_avg_pool2d(x, 10, 2).shape() == Shape{1, 10, 2, 1});  // more than there are
  const Tensor even = random_tensor({2, 6, 4, 3}, 4);
  CHECK(max_difference(keel::adaptive_avg_pool2d(even, 3, 2), keel::avg_pool2d(even)) < 1e-15);
}

TEST_CASE("global average pooling is the mean of each channel") {
  const Tensor x = Tensor::from({2, 1, 2, 2}, {1, 10, 3, 30, 5, 50, 7, 70});
  const Tensor y = keel::global_avg_pool2d(x);
  CHECK(bit_equal(y, Tensor::from({2, 2}, {2, 20, 6, 60})));
}

TEST_CASE("max pooling: ties, NaN, infinities") {
  const double nan = std::nan(""), inf = std::numeric_limits<double>::infinity();
  Tensor ties = Tensor::ones({1, 2, 2, 1}).set_requires_grad();
  backward(keel::max_pool2d(ties));
  CHECK(bit_equal(ties.grad(), Tensor::from({1, 2, 2, 1}, {1, 0, 0, 0})));
  for (int position = 0; position < 4; ++position) {
    Tensor x = Tensor::ones({1, 2, 2, 1});
    x.mutable_data<float>()[position] = static_cast<float>(nan);
    CHECK(std::isnan(keel::max_pool2d(x).item()));
  }
  // Padding is below everything, and a window of -inf still knows where its maximum is.
  Tensor low = Tensor::full({1, 2, 2, 1}, -inf).set_requires_grad();
  const Tensor y = keel::max_pool2d(low, {.kernel = 3, .padding = 1});
  CHECK(y.item() == -inf);
  backward(y);
  CHECK(bit_equal(low.grad(), Tensor::from({1, 2, 2, 1}, {1, 0, 0, 0})));
}

TEST_CASE("a ReLU behind max pooling lets no gradient through where nothing is above 0") {
  const Tensor values = Tensor::from({1, 2, 4, 1}, {-1, -2, 3, 0, -3, 0, 5, -1});
  Tensor x = values.clone().set_requires_grad();
  const Tensor y = keel::max_pool2d(x, {}, keel::Epilogue::kRelu);
  CHECK(bit_equal(y, Tensor::from({1, 1, 2, 1}, {0, 5})));
  backward(y, Tensor::from({1, 1, 2, 1}, {7, 8}));
  CHECK(bit_equal(x.grad(), Tensor::from({1, 2, 4, 1}, {0, 0, 0, 0, 0, 0, 8, 0})));

  // As behind a single ReLU, which is shut to NaN.
  for (int position = 0; position < 4; ++position) {
    Tensor with_nan = Tensor::ones({1, 2, 2, 1});
    with_nan.mutable_data<float>()[position] = std::nanf("");
    with_nan.set_requires_grad();
    const Tensor pooled = keel::max_pool2d(with_nan, {}, keel::Epilogue::kRelu);
    CHECK(std::isnan(pooled.item()));
    backward(pooled);
    CHECK(bit_equal(with_nan.grad(), Tensor::zeros({1, 2, 2, 1})));
  }
}

TEST_CASE("a max pool behind max pooling is the two one after the other") {
  const keel::Pool2dOptions three{.kernel = 3, .stride = 1};
  const auto run = [&](bool fused) {
    Tensor x = random_tensor({2, 9, 8, 5}, 1).set_requires_grad();
    const Tensor y = fused ? keel::max_pool2d(x, {}, {.relu = true, .pool = three})
                           : keel::max_pool2d(keel::max_pool2d(x, {}, {.relu = true}), three);
    backward(y, random_tensor(y.shape(), 2));
    return std::vector<Tensor>{y.detach(), x.grad()};
  };
  const auto fused = run(true), apart = run(false);
  for (std::size_t i = 0; i < fused.size(); ++i) CHECK(bit_equal(fused[i], apart[i]));
}

TEST_CASE("pooling of an empty batch is empty") {
  CHECK(keel::max_pool2d(Tensor::zeros({0, 4, 4, 3})).shape() == Shape{0, 2, 2, 3});
  CHECK(keel::global_avg_pool2d(Tensor::zeros({0, 4, 4, 3})).shape() == Shape{0, 3});
}

TEST_CASE("pooling says what does not fit") {
  const Tensor x = Tensor::zeros({1, 4, 5, 2});
  CHECK_THROWS_WITH(keel::max_pool2d(Tensor::zeros({4, 5, 2})),
                    "max_pool2d: expects x [N, H, W, C] with H and W at least 1, got [4, 5, 2]");
  CHECK_THROWS_WITH(keel::max_pool2d(Tensor::zeros({1, 0, 4, 2}), {.kernel = 2, .padding = 1}),
                    ContainsSubstring("H and W at least 1, got [1, 0, 4, 2]"));
  CHECK_THROWS_WITH(keel::avg_pool2d(x, {.kernel = 0}),
                    "avg_pool2d: kernel 0 and stride 0 must be at least 1");
  CHECK_THROWS_WITH(keel::avg_pool2d(x, {.stride = -1}), ContainsSubstring("stride -1"));
  CHECK_THROWS_WITH(keel::max_pool2d(x, {.kernel = 3, .padding = 2}),
                    "max_pool2d: padding 2 is not between 0 and half the kernel 3");
  CHECK_THROWS_WITH(keel::max_pool2d(x, {.padding = -1}), ContainsSubstring("padding -1"));
  CHECK_THROWS_WITH(keel::max_pool2d(x, {.kernel = 5}),
                    "max_pool2d: kernel 5 (padding 0) does not fit into x [1, 4, 5, 2]");
  CHECK_THROWS_WITH(keel::max_pool2d(Tensor::zeros({1, 65536, 65536, 0}), {.kernel = 65536}),
                    ContainsSubstring("more than 2^31 - 1 pixels"));
  CHECK_THROWS_WITH(keel::adaptive_avg_pool2d(x, 0, 2),
                    "adaptive_avg_pool2d: output 0x2 must be at least 1x1");
  CHECK_THROWS_WITH(keel::global_avg_pool2d(Tensor::zeros({1, 0, 5, 2})),
                    ContainsSubstring("H and W at least 1, got [1, 0, 5, 2]"));
}
