#include <algorithm>
#include <cmath>
#include <limits>

#include <keel/core/ops/local_response.h>

#include "tests/support/gradient_check.h"
#include "tests/support/test.h"
#include "tests/support/thread_check.h"

using keel::DType;
using keel::LocalResponse;
using keel::Tensor;
using namespace keel::testing;

namespace {

Tensor naive(const Tensor& x, const LocalResponse& o) {
  const std::int64_t channels = x.size(-1);
  Tensor y = x.clone();
  for (std::int64_t i = 0; i < x.numel(); ++i) {
    const std::int64_t first = i / channels * channels, c = i % channels;
    double sum = 0;
    for (std::int64_t j = c - o.size / 2; j < c - o.size / 2 + o.size; ++j) {
      if (j >= 0 && j < channels) sum += std::pow(x.data<double>()[first + j], 2);
    }
    y.mutable_data<double>()[i] *=
        std::pow(o.k + o.alpha / static_cast<double>(o.size) * sum, -o.beta);
  }
  return y;
}

}  // namespace

TEST_CASE("local response: values and gradients, of odd and even sizes and any exponent") {
  for (const LocalResponse& options :
       {LocalResponse{.size = 3, .alpha = 2}, LocalResponse{.size = 4, .alpha = 1, .beta = 0.6},
        LocalResponse{.size = 1, .alpha = 3, .beta = 2, .k = 0.5},
        LocalResponse{.size = 9, .alpha = 5}, LocalResponse{.size = 40, .alpha = 5}}) {
    CAPTURE(options.size);
    const auto f = [&](const auto& in) { return keel::local_response(in[0], options); };
    const Tensor x = random_tensor({2, 3, 7}, 1);
    CHECK(max_difference(f(std::vector{x}), naive(x, options)) < 1e-12);
    check_gradient(f, {x});
    check_threads(f, {random_tensor({40, 20, 33}, 2)});
  }
}

TEST_CASE("local response: squares beyond float32 do not overflow") {
  const Tensor x = Tensor::from({1, 2}, {1e20, -3e20});
  const Tensor y = keel::local_response(x, {.size = 3, .alpha = 3, .k = 1});
  CHECK(y.at({0, 0}) == Approx(1e20 * std::pow(1e41, -0.75)));
  CHECK(y.at({0, 1}) == Approx(-3e20 * std::pow(1e41, -0.75)));
}

TEST_CASE("local response: a window of any size costs no more than one of all channels") {
  const Tensor x = random_tensor({1, 3}, 1);
  const std::int64_t huge = std::numeric_limits<std::int64_t>::max();
  // alpha / size is next to nothing then
  CHECK(max_difference(keel::local_response(x, {.size = huge}),
                       keel::local_response(x, {.size = 1, .alpha = 0})) < 1e-15);
}

TEST_CASE("local response: what it takes") {
  CHECK_THROWS_WITH(keel::local_response(Tensor::zeros({0, 3}), {}),
                    "local_response: expects x [..., C], not empty, got [0, 3]");
  CHECK_THROWS_WITH(keel::local_response(Tensor::zeros({1, 3}), {.size = 0}),
                    "local_response: expects a size of at least 1, got 0");
}
