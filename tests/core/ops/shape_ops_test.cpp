#include <algorithm>
#include <numeric>
#include <vector>

#include <keel/core/autograd.h>
#include <keel/core/ops/shape_ops.h>

#include "tests/support/gradient_check.h"
#include "tests/support/test.h"
#include "tests/support/thread_check.h"

using keel::DType;
using keel::Shape;
using keel::Tensor;
using namespace keel::testing;

namespace {

// 0, 1, 2, ...
Tensor counting(const Shape& shape) {
  std::vector<double> values(static_cast<std::size_t>(shape.numel()));
  std::iota(values.begin(), values.end(), 0.0);
  return Tensor::from<double>(shape, values);
}

}  // namespace

TEST_CASE("reshape and flatten share the elements") {
  const Tensor x = counting({2, 3, 4});
  CHECK(keel::reshape(x, {6, 4}).shape() == Shape{6, 4});
  CHECK(keel::reshape(x, {-1, 2}).shape() == Shape{12, 2});
  CHECK(keel::reshape(x, {2, -1, 1}).shape() == Shape{2, 12, 1});
  CHECK(keel::reshape(x, Shape{24}).data<double>() == x.data<double>());
  CHECK(keel::reshape(Tensor::zeros({0, 3}), {-1, 5}).shape() == Shape{0, 5});
  CHECK(keel::reshape(Tensor::ones({1, 1}), Shape{}).shape() == Shape{});
  CHECK(keel::flatten(x).shape() == Shape{2, 12});
  CHECK(keel::flatten(x, 0).shape() == Shape{24});
  CHECK(keel::flatten(x, -2).shape() == Shape{2, 12});
  CHECK(keel::flatten(x, 2).shape() == Shape{2, 3, 4});
}

TEST_CASE("permute and transpose") {
  const Tensor x = counting({2, 3, 4});
  const Tensor y = keel::permute(x, {2, 0, 1});
  CHECK(y.shape() == Shape{4, 2, 3});
  for (std::int64_t i = 0; i < 2; ++i) {
    for (std::int64_t j = 0; j < 3; ++j) {
      for (std::int64_t k = 0; k < 4; ++k) CHECK(y.at({k, i, j}) == x.at({i, j, k}));
    }
  }
  CHECK(bit_equal(keel::permute(x, {-1, 0, 1}), y));
  CHECK(bit_equal(keel::permute(x, {0, 1, 2}), x));
  CHECK(bit_equal(keel::transpose(x, 0, -1), keel::permute(x, {2, 1, 0})));
  CHECK(bit_equal(keel::permute(Tensor::scalar(3), {}), Tensor::scalar(3)));
}

TEST_CASE("flatten_nchw has PyTorch's order") {
  const Tensor x = counting({2, 2, 3, 4});
  const Tensor y = keel::flatten_nchw(x);
  CHECK(y.shape() == Shape{2, 24});
  for (std::int64_t n = 0; n < 2; ++n) {
    for (std::int64_t h = 0; h < 2; ++h) {
      for (std::int64_t w = 0; w < 3; ++w) {
        for (std::int64_t c = 0; c < 4; ++c)
          CHECK(y.at({n, (c * 2 + h) * 3 + w}) == x.at({n, h, w, c}));
      }
    }
  }
}

TEST_CASE("concatenate, slice and pad") {
  const Tensor x = counting({2, 5, 3});
  for (int axis = -3; axis < 3; ++axis) {
    const Tensor first = keel::slice(x, axis, 0, 1), rest = keel::slice(x, axis, 1, x.size(axis));
    CHECK(first.size(axis) == 1);
    CHECK(bit_equal(keel::concatenate({first, rest}, axis), x));
    CHECK(keel::slice(x, axis, 1, 1).numel() == 0);
  }
  const Tensor middle = keel::slice(x, 1, 2, 4);
  CHECK(middle.shape() == Shape{2, 2, 3});
  CHECK(middle.at({1, 0, 2}) == x.at({1, 2, 2}));
  const Tensor three = keel::concatenate({middle, x, middle}, 1);
  CHECK(three.shape() == Shape{2, 9, 3});
  CHECK(three.at({1, 8, 0}) == x.at({1, 3, 0}));
  const Tensor padded = keel::pad(x, {{0, 1}, {2, 0}, {1, 1}});
  CHECK(padded.shape() == Shape{3, 7, 5});
  CHECK(bit_equal(keel::slice(keel::slice(keel::slice(padded, 0, 0, 2), 1, 2, 7), 2, 1, 4), x));
  const auto values = padded.values<double>();
  // All but x, and x's own first element, are 0.
  CHECK(std::count(values.begin(), values.end(), 0.0) == 3 * 7 * 5 - 2 * 5 * 3 + 1);
}

TEST_CASE("gradients of shape ops") {
  const std::vector<Function> functions{
      [](const auto& in) {
        return keel::reshape(in[0], {-1, 3});
      },
      [](const auto& in) { return keel::flatten_nchw(in[0]); },
      [](const auto& in) {
        return keel::permute(in[0], {3, 1, 0, 2});
      },
      [](const auto& in) { return keel::transpose(in[0], 1, 2); },
      [](const auto& in) { return keel::slice(in[0], 2, 1, 3); },
      [](const auto& in) { return keel::slice(in[0], -1, 0, 1); },
      [](const auto& in) {
        return keel::pad(in[0], {{0, 0}, {1, 2}, {2, 1}, {0, 3}});
      },
  };
  for (const Function& f : functions) {
    check_gradient(f, {random_tensor({2, 3, 4, 3}, 1)});
    check_threads(f, {random_tensor({3, 37, 41, 9}, 2)});
  }
  check_gradient(
      [](const auto& in) {
        return keel::concatenate({in[0], in[1], in[0]}, 1);
      },
      {random_tensor({2, 3, 2}, 3), random_tensor({2, 1, 2}, 4)});
}

TEST_CASE("concatenate computes only the gradients that are needed") {
  const Tensor constant = Tensor::ones({2});
  Tensor x = Tensor::ones({3}).set_requires_grad();
  backward(keel::concatenate({constant, x}, 0), Tensor::from({5}, {1, 2, 3, 4, 5}));
  CHECK(bit_equal(x.grad(), Tensor::from({3}, {3, 4, 5})));
}

TEST_CASE("shape ops say what does not fit") {
  const Tensor x = Tensor::zeros({2, 3});
  CHECK_THROWS_WITH(keel::reshape(x, {4, 2}), "reshape: x [2, 3] does not fill shape [4, 2]");
  CHECK_THROWS_WITH(keel::reshape(x, {4, -1}), "reshape: x [2, 3] does not fill shape [4, -1]");
  CHECK_THROWS_WITH(keel::reshape(x, {0, -1}), ContainsSubstring("does not fill shape [0, -1]"));
  CHECK_THROWS_WITH(keel::reshape(x, {-1, -1}), "reshape: [-1, -1] has more than one -1");
  CHECK_THROWS_WITH(keel::reshape(x, {-2, 3}), ContainsSubstring("negative extent -2"));
  CHECK_THROWS_WITH(keel::flatten(x, 2), "axis 2 is outside shape [2, 3]");
  CHECK_THROWS_WITH(keel::flatten_nchw(x), "flatten_nchw: expects x [N, H, W, C], got [2, 3]");
  CHECK_THROWS_WITH(keel::permute(x, {0, 0}),
                    "permute: axes [0, 0] do not name each axis of x [2, 3] once");
  CHECK_THROWS_WITH(keel::permute(x, {0}), ContainsSubstring("axes [0] do not name"));
  CHECK_THROWS_WITH(keel::concatenate({}, 0), "concatenate: no tensors given");
  CHECK_THROWS_WITH(keel::concatenate({x, Tensor::zeros({2, 4})}, 0),
                    "concatenate: [2, 3] float32 and [2, 4] float32 do not fit along axis 0");
  CHECK_THROWS_WITH(keel::concatenate({x, Tensor::zeros({2})}, 0),
                    ContainsSubstring("[2] float32"));
  CHECK_THROWS_WITH(keel::concatenate({x, Tensor::zeros({2, 3}, DType::kFloat64)}, 0),
                    ContainsSubstring("[2, 3] float64"));
  CHECK_THROWS_WITH(keel::slice(x, 1, 2, 4), "slice: 2..4 is not within axis 1 of x [2, 3]");
  CHECK_THROWS_WITH(keel::slice(x, 1, 2, 1), ContainsSubstring("2..1"));
  CHECK_THROWS_WITH(keel::pad(x, {{1, 1}}), "pad: 1 paddings for x [2, 3]");
  CHECK_THROWS_WITH(keel::pad(x, {{0, 0}, {-1, 0}}), "pad: negative padding (-1, 0) of axis 1");
}
