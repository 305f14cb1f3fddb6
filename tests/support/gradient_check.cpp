#include "tests/support/gradient_check.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include <keel/core/autograd.h>

#include "tests/support/test.h"

namespace keel::testing {
namespace {

double dot(const Tensor& a, const Tensor& b) {
  double sum = 0;
  for (std::int64_t i = 0; i < a.numel(); ++i) sum += a.data<double>()[i] * b.data<double>()[i];
  return sum;
}

}  // namespace

void check_gradient(const Function& f, std::vector<Tensor> inputs, GradientCheckOptions options) {
  for (Tensor& input : inputs) input = input.to(DType::kFloat64).clone().set_requires_grad();
  const Tensor y = f(inputs);
  const Tensor upstream = random_tensor(y.shape(), options.seed + 1000);
  backward(y, upstream);
  const NoGradGuard no_grad;
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    Tensor input = inputs[k];
    REQUIRE(input.has_grad());
    double* x = input.mutable_data<double>();
    for (std::int64_t i = 0; i < input.numel(); ++i) {
      const double before = x[i];
      x[i] = before + options.step;
      const double above = dot(f(inputs), upstream);
      x[i] = before - options.step;
      const double below = dot(f(inputs), upstream);
      x[i] = before;
      const double numeric = (above - below) / (2 * options.step);
      const double analytic = input.grad().data<double>()[i];
      const double scale = std::max({1.0, std::abs(numeric), std::abs(analytic)});
      if (!(std::abs(analytic - numeric) <= options.tolerance * scale)) {
        FAIL(fmt::format("input {} of shape {}, element {}: gradient {} but differences give {}", k,
                         input.shape(), i, analytic, numeric));
      }
    }
  }
}

Tensor random_tensor(const Shape& shape, std::uint64_t seed, DType dtype) {
  Rng rng(seed);
  return Tensor::normal(shape, 0, 1, rng, dtype);
}

double max_difference(const Tensor& a, const Tensor& b) {
  REQUIRE(a.shape() == b.shape());
  const Tensor x = a.to(DType::kFloat64), y = b.to(DType::kFloat64);
  double largest = 0;
  for (std::int64_t i = 0; i < x.numel(); ++i) {
    const double difference = std::abs(x.data<double>()[i] - y.data<double>()[i]);
    if (std::isnan(difference)) return difference;  // std::max would let it go
    largest = std::max(largest, difference);
  }
  return largest;
}

double relative_error(const Tensor& a, const Tensor& b) {
  REQUIRE(a.shape() == b.shape());
  const Tensor x = a.to(DType::kFloat64), y = b.to(DType::kFloat64);
  double error = 0, size = 0;
  for (std::int64_t i = 0; i < x.numel(); ++i) {
    error += std::pow(x.data<double>()[i] - y.data<double>()[i], 2);
    size += std::pow(y.data<double>()[i], 2);
  }
  return std::sqrt(error / std::max(size, 1e-300));
}

bool bit_equal(const Tensor& a, const Tensor& b) {
  if (!(a.shape() == b.shape()) || a.dtype() != b.dtype()) return false;
  return dispatch(a.dtype(), [&]<class T>(T) {
    return std::memcmp(a.data<T>(), b.data<T>(), static_cast<std::size_t>(a.numel()) * sizeof(T)) ==
           0;
  });
}

}  // namespace keel::testing
