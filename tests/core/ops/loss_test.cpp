#include <cmath>
#include <limits>
#include <vector>

#include <keel/core/autograd.h>
#include <keel/core/ops/loss.h>

#include "tests/support/gradient_check.h"
#include "tests/support/test.h"
#include "tests/support/thread_check.h"

using keel::DType;
using keel::Shape;
using keel::Tensor;
using namespace keel::testing;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

std::vector<std::int32_t> labels_for(std::int64_t samples, std::int64_t classes) {
  std::vector<std::int32_t> labels;
  for (std::int64_t i = 0; i < samples; ++i) {
    labels.push_back(static_cast<std::int32_t>((7 * i + 3) % classes));
  }
  return labels;
}

// log(exp(x_label) / sum of exp(x_k)) and its like, without any care for overflow.
double naive_cross_entropy(const Tensor& logits, const std::vector<std::int32_t>& labels,
                           double smoothing) {
  const std::int64_t classes = logits.size(1);
  double loss = 0;
  for (std::int64_t i = 0; i < logits.size(0); ++i) {
    double sum = 0;
    for (std::int64_t j = 0; j < classes; ++j) sum += std::exp(logits.at({i, j}));
    for (std::int64_t j = 0; j < classes; ++j) {
      const double q = smoothing / static_cast<double>(classes) +
                       (j == labels[static_cast<std::size_t>(i)] ? 1 - smoothing : 0);
      loss -= q * std::log(std::exp(logits.at({i, j})) / sum);
    }
  }
  return loss / static_cast<double>(logits.size(0));
}

Tensor probabilities(const Shape& shape, std::uint64_t seed) {
  keel::Rng rng(seed);
  return Tensor::uniform(shape, 0.05, 0.95, rng, DType::kFloat64);
}

}  // namespace

TEST_CASE("softmax and log_softmax agree with their definitions along every axis") {
  const Tensor x = random_tensor({3, 4, 5}, 1);
  for (int axis = -3; axis < 3; ++axis) {
    CAPTURE(axis);
    const Tensor y = keel::softmax(x, axis), log_y = keel::log_softmax(x, axis);
    for (std::int64_t i = 0; i < 3; ++i) {
      for (std::int64_t j = 0; j < 4; ++j) {
        for (std::int64_t k = 0; k < 5; ++k) {
          double sum = 0;
          const int positive = (axis + 3) % 3;
          for (std::int64_t m = 0; m < x.size(axis); ++m) {
            sum += std::exp(positive == 0   ? x.at({m, j, k})
                            : positive == 1 ? x.at({i, m, k})
                                            : x.at({i, j, m}));
          }
          const double expected = std::exp(x.at({i, j, k})) / sum;
          CHECK(y.at({i, j, k}) == Approx(expected).epsilon(1e-13));
          CHECK(log_y.at({i, j, k}) == Approx(std::log(expected)).epsilon(1e-13));
        }
      }
    }
    CHECK(max_difference(keel::softmax(x.to(DType::kFloat32), axis), y) < 1e-6);
    CHECK(max_difference(keel::log_softmax(x.to(DType::kFloat32), axis), log_y) < 1e-6);
  }
  CHECK(keel::softmax(Tensor::zeros({3, 0})).shape() == Shape{3, 0});
  CHECK(keel::softmax(Tensor::zeros({0, 3}), 0).shape() == Shape{0, 3});
}

TEST_CASE("softmax of large values neither overflows nor loses digits") {
  const Tensor x = Tensor::from({3}, {1e6, 1e6 + 1, -1e6});
  CHECK(max_difference(keel::softmax(x), Tensor::from({3}, {1 / (1 + std::exp(1.0)),
                                                            1 / (1 + std::exp(-1.0)), 0})) < 1e-7);
  CHECK(keel::log_softmax(x).at({1}) == Approx(-std::log1p(std::exp(-1.0))).epsilon(1e-6));
  CHECK(keel::log_softmax(x).at({2}) == Approx(-2e6 - 1));
}

TEST_CASE("a NaN makes its softmax row NaN, and no other") {
  for (const int position : {0, 1, 2}) {
    Tensor x = Tensor::zeros({2, 3});
    x.mutable_data<float>()[position] = static_cast<float>(kNan);
    for (const Tensor& y : {keel::softmax(x), keel::log_softmax(x)}) {
      for (std::int64_t j = 0; j < 3; ++j) {
        CHECK(std::isnan(y.at({0, j})));
        CHECK(std::isfinite(y.at({1, j})));
      }
    }
  }
}

TEST_CASE("gradients of softmax and log_softmax") {
  for (const Shape& shape : {Shape{7}, Shape{3, 5}, Shape{2, 3, 4}}) {
    for (int axis = 0; axis < shape.rank(); ++axis) {
      check_gradient([&](const auto& in) { return keel::softmax(in[0], axis); },
                     {random_tensor(shape, 2)});
      check_gradient([&](const auto& in) { return keel::log_softmax(in[0], axis); },
                     {random_tensor(shape, 3)});
    }
  }
  for (const int axis : {0, 1}) {
    check_threads([&](const auto& in) { return keel::softmax(in[0], axis); },
                  {random_tensor({301, 101}, 4)});
    check_threads([&](const auto& in) { return keel::log_softmax(in[0], axis); },
                  {random_tensor({301, 101}, 5)});
  }
}

TEST_CASE("cross-entropy: values, gradients, threads") {
  for (const Shape& shape : {Shape{1, 2}, Shape{5, 3}, Shape{4, 10}, Shape{3, 1}}) {
    const std::vector<std::int32_t> labels = labels_for(shape[0], shape[1]);
    for (const double smoothing : {0.0, 0.1, 1.0}) {
      CAPTURE(shape.to_string(), smoothing);
      const Tensor logits = random_tensor(shape, 6);
      const double expected = naive_cross_entropy(logits, labels, smoothing);
      CHECK(keel::cross_entropy(logits, labels, smoothing).item() ==
            Approx(expected).margin(1e-14));
      CHECK(keel::cross_entropy(logits.to(DType::kFloat32), labels, smoothing).item() ==
            Approx(expected).epsilon(1e-6).margin(1e-7));
      check_gradient([&](const auto& in) { return keel::cross_entropy(in[0], labels, smoothing); },
                     {logits});
    }
  }
  const std::vector<std::int32_t> labels = labels_for(3001, 10);
  check_threads([&](const auto& in) { return keel::cross_entropy(in[0], labels, 0.1); },
                {random_tensor({3001, 10}, 7)});
}

TEST_CASE("cross-entropy of extreme logits") {
  const std::vector<std::int32_t> first{0};
  CHECK(keel::cross_entropy(Tensor::from({1, 2}, {-1e4, 1e4}), first).item() == 2e4);
  CHECK(keel::cross_entropy(Tensor::from({1, 2}, {1e4, -1e4}), first).item() == 0);
  CHECK(keel::cross_entropy(Tensor::from({1, 2}, {0, -kInf}), first).item() == 0);
  CHECK(keel::cross_entropy(Tensor::from({1, 2}, {-kInf, 0}), first).item() == kInf);
  CHECK(std::isnan(keel::cross_entropy(Tensor::from({1, 2}, {0, kNan}), first).item()));
}

TEST_CASE("cross-entropy names what is wrong") {
  const Tensor logits = Tensor::zeros({3, 10});
  const std::vector<std::int32_t> beyond{0, 9, 10}, negative{0, -1, 3}, two{0, 1}, none;
  CHECK_THROWS_WITH(keel::cross_entropy(logits, beyond),
                    "cross_entropy: label 10 of sample 2 is outside 0..9");
  CHECK_THROWS_WITH(keel::cross_entropy(logits, negative),
                    "cross_entropy: label -1 of sample 1 is outside 0..9");
  CHECK_THROWS_WITH(keel::cross_entropy(logits, two),
                    "cross_entropy: expects logits [N, C] and N labels, got [3, 10] and 2 labels");
  CHECK_THROWS_WITH(keel::cross_entropy(Tensor::zeros({2}), two), ContainsSubstring("got [2]"));
  CHECK_THROWS_WITH(keel::cross_entropy(Tensor::zeros({0, 10}), none),
                    "cross_entropy: the batch is empty");
  CHECK_THROWS_WITH(keel::cross_entropy(Tensor::zeros({2, 3}), two, 1.5),
                    "cross_entropy: label_smoothing 1.5 is not between 0 and 1");
  CHECK_THROWS_WITH(keel::softmax(logits, 2), "axis 2 is outside shape [3, 10]");
}

TEST_CASE("count_correct") {
  const Tensor logits =
      Tensor::from({5, 3}, {0, 1, 2, 5, 1, 2, 1, 1, 0, kNan, 1, 9, 0, -kInf, kInf});
  const std::vector<std::int32_t> right{2, 0, 0, 2, 2}, ties_lost{2, 0, 1, 2, 2};
  CHECK(keel::count_correct(logits, right) == 4);      // the row with a NaN is wrong
  CHECK(keel::count_correct(logits, ties_lost) == 3);  // of equals the first one counts
  CHECK(keel::count_correct(Tensor::zeros({0, 3}), {}) == 0);
  CHECK_THROWS_WITH(keel::count_correct(Tensor::zeros({1, 2}), std::vector<std::int32_t>{2}),
                    "count_correct: label 2 of sample 0 is outside 0..1");
}

TEST_CASE("mean losses: values, gradients, threads") {
  for (const Shape& shape : {Shape{}, Shape{7}, Shape{3, 5, 2}}) {
    const Tensor x = random_tensor(shape, 8), target = probabilities(shape, 9);
    const Tensor p = probabilities(shape, 10);
    double squares = 0, entropy = 0, logit_entropy = 0;
    for (std::int64_t i = 0; i < x.numel(); ++i) {
      const double v = x.data<double>()[i], t = target.data<double>()[i], q = p.data<double>()[i];
      const double s = 1 / (1 + std::exp(-v)), n = static_cast<double>(x.numel());
      squares += (v - t) * (v - t) / n;
      entropy -= (t * std::log(q) + (1 - t) * std::log(1 - q)) / n;
      logit_entropy -= (t * std::log(s) + (1 - t) * std::log(1 - s)) / n;
    }
    CHECK(keel::mse(x, target).item() == Approx(squares).epsilon(1e-13));
    CHECK(keel::binary_cross_entropy(p, target).item() == Approx(entropy).epsilon(1e-13));
    CHECK(keel::binary_cross_entropy_with_logits(x, target).item() ==
          Approx(logit_entropy).epsilon(1e-13));
    CHECK(keel::mse(x.to(DType::kFloat32), target.to(DType::kFloat32)).item() ==
          Approx(squares).epsilon(1e-6));
    check_gradient([&](const auto& in) { return keel::mse(in[0], target); }, {x});
    check_gradient([&](const auto& in) { return keel::binary_cross_entropy(in[0], target); }, {p});
    check_gradient(
        [&](const auto& in) { return keel::binary_cross_entropy_with_logits(in[0], target); }, {x});
  }
  const Tensor target = probabilities({50001}, 11).to(DType::kFloat32);
  check_threads([&](const auto& in) { return keel::mse(in[0], target); },
                {random_tensor({50001}, 12)});
}

TEST_CASE("binary cross-entropy at the ends of its range") {
  const Tensor target = Tensor::from({2}, {1, 0});
  CHECK(keel::binary_cross_entropy(Tensor::from({2}, {1, 0}), target).item() == 0);
  Tensor wrong = Tensor::from({2}, {0, 1}).set_requires_grad();
  const Tensor loss = keel::binary_cross_entropy(wrong, target);
  CHECK(loss.item() == 100);
  backward(loss);
  CHECK(std::isfinite(wrong.grad().at({0})));
  CHECK(std::isnan(keel::binary_cross_entropy(Tensor::from({2}, {kNan, 0}), target).item()));
  const Tensor logits = Tensor::from({2}, {-1000, 1000});
  CHECK(keel::binary_cross_entropy_with_logits(logits, target).item() == 1000);
  CHECK_THROWS_WITH(keel::binary_cross_entropy(Tensor::from({2}, {0.5, 1.5}), target),
                    "binary_cross_entropy: x holds 1.5, which is outside [0, 1]");
}

TEST_CASE("mean losses name what is wrong") {
  const Tensor x = Tensor::zeros({2, 3});
  CHECK_THROWS_WITH(keel::mse(x, Tensor::zeros({3})),
                    "mse: x is [2, 3] float32, target is [3] float32");
  CHECK_THROWS_WITH(keel::binary_cross_entropy(x, Tensor::zeros({2, 3}, DType::kFloat64)),
                    ContainsSubstring("target is [2, 3] float64"));
  CHECK_THROWS_WITH(keel::mse(Tensor::zeros({0}), Tensor::zeros({0})), "mse: x [0] is empty");
  CHECK_THROWS_WITH(
      keel::binary_cross_entropy_with_logits(x, Tensor::zeros({2, 3}).set_requires_grad()),
      "binary_cross_entropy_with_logits: the target requires a gradient; pass target.detach()");
}
