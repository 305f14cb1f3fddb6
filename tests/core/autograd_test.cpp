#include <keel/core/autograd.h>
#include <keel/core/ops/activation.h>

#include "tests/support/gradient_check.h"
#include "tests/support/test.h"

using keel::DType;
using keel::Gradients;
using keel::Tensor;

namespace {

// Two ops of this test's own, to exercise the tape alone.
Tensor twice(const Tensor& x) {
  Tensor y = x.clone();
  for (float& v : std::span(y.mutable_data<float>(), static_cast<std::size_t>(y.numel()))) v *= 2;
  return keel::record("twice", y, {&x}, [](Tensor dy) -> Gradients {
    const keel::NoGradGuard no_grad;
    return {twice(dy)};
  });
}

Tensor sum_of(const Tensor& a, const Tensor& b) {
  Tensor y = a.clone();
  for (std::int64_t i = 0; i < y.numel(); ++i) y.mutable_data<float>()[i] += b.data<float>()[i];
  return keel::record("sum_of", y, {&a, &b}, [](Tensor dy) -> Gradients { return {dy, dy}; });
}

Tensor leaf(double value) {
  return Tensor::scalar(value).set_requires_grad();
}

}  // namespace

TEST_CASE("gradients of shared subgraphs add up") {
  Tensor x = leaf(3);
  const Tensor y = twice(x);
  keel::backward(sum_of(sum_of(y, y), x));
  CHECK(x.grad().item() == 5);
}

TEST_CASE("gradients accumulate over backward calls until they are cleared") {
  Tensor x = leaf(3);
  keel::backward(twice(x));
  keel::backward(twice(x));
  CHECK(x.grad().item() == 4);
  x.clear_grad();
  CHECK_FALSE(x.has_grad());
}

TEST_CASE("two leaves never share the elements of their gradients") {
  Tensor a = leaf(1), b = leaf(2);
  keel::backward(sum_of(a, b));
  Tensor grad = a.grad();
  grad.fill(7);
  CHECK(b.grad().item() == 1);
}

TEST_CASE("the upstream gradient a caller passes is left alone") {
  Tensor x = leaf(3);
  const Tensor dy = Tensor::scalar(10);
  keel::backward(sum_of(x, twice(x)), dy);
  CHECK(dy.item() == 10);
  CHECK(x.grad().item() == 30);
}

TEST_CASE("a chain of 200,000 ops neither overflows on the way back nor when it is dropped") {
  Tensor x = leaf(1);
  {
    Tensor y = x;
    for (int i = 0; i < 200000; ++i) y = sum_of(y, x);
    keel::backward(y);
    CHECK(x.grad().item() == 200001);
  }
  Tensor y = x;
  for (int i = 0; i < 200000; ++i) y = keel::relu(y);
}

TEST_CASE("nothing is recorded where nothing requires a gradient") {
  CHECK_FALSE(twice(Tensor::scalar(1)).requires_grad());
  const keel::NoGradGuard no_grad;
  CHECK_FALSE(twice(leaf(1)).requires_grad());
}

TEST_CASE("closures are freed as the tape is consumed") {
  const auto before = keel::memory_stats().in_use;
  {
    Tensor x = Tensor::zeros({1 << 20}).set_requires_grad();
    Tensor y = keel::relu(x);
    const auto recorded = keel::memory_stats().in_use;
    keel::backward(y, Tensor::ones({1 << 20}));
    CHECK(keel::memory_stats().in_use <= recorded + (4 << 20));  // the gradient, nothing else
  }
  CHECK(keel::memory_stats().in_use == before);
}

TEST_CASE("asking for a gradient that does not exist is an error that says why") {
  Tensor constant = Tensor::scalar(1), x = leaf(1);
  CHECK_THROWS_WITH(constant.grad(), ContainsSubstring("does not require a gradient"));
  CHECK_THROWS_WITH(x.grad(), ContainsSubstring("was backward() called?"));
  CHECK_THROWS_WITH(twice(x).grad(), ContainsSubstring("result of 'twice'"));
  CHECK_THROWS_WITH(keel::backward(constant), ContainsSubstring("requires a gradient"));
  CHECK_THROWS_WITH(keel::backward(keel::relu(Tensor::zeros({2, 3}).set_requires_grad())),
                    ContainsSubstring("one element, got shape [2, 3]"));
  CHECK_THROWS_WITH(twice(x).set_requires_grad(false), ContainsSubstring("use detach()"));
  const Tensor y = twice(x);
  keel::backward(y);
  CHECK_THROWS_WITH(keel::backward(y), ContainsSubstring("already consumed"));
}

TEST_CASE("an op that returns a gradient of the wrong shape is named") {
  Tensor x = Tensor::zeros({2}).set_requires_grad();
  const Tensor y = keel::record("mine", Tensor::zeros({2}), {&x},
                                [](Tensor) -> Gradients { return {Tensor::zeros({3})}; });
  CHECK_THROWS_WITH(
      keel::backward(y, Tensor::ones({2})),
      ContainsSubstring("'mine' returned gradient [3] float32 for input 0 of shape [2]"));
}

TEST_CASE("a gradient has its input's dtype, which may differ from the output's") {
  Tensor x = Tensor::zeros({2}).set_requires_grad();
  const auto op = [&x](DType dtype) {
    return keel::record("mine", Tensor::zeros({2}, DType::kFloat64), {&x},
                        [dtype](Tensor dy) -> Gradients { return {dy.to(dtype)}; });
  };
  const Tensor dy = Tensor::full({2}, 3, DType::kFloat64);
  keel::backward(op(DType::kFloat32), dy);
  CHECK(keel::testing::bit_equal(x.grad(), Tensor::full({2}, 3)));
  CHECK_THROWS_WITH(keel::backward(op(DType::kFloat64), dy),
                    ContainsSubstring("gradient [2] float64 for input 0 of shape [2] float32"));
}
