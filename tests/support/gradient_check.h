#pragma once
// Compares an op's gradient with central differences, in float64.

#include <functional>
#include <vector>

#include <keel/core/tensor.h>

namespace keel::testing {

using Function = std::function<Tensor(const std::vector<Tensor>& inputs)>;

struct GradientCheckOptions {
  double step = 1e-5;
  double tolerance = 1e-6;  ///< on |analytic - numeric| / max(1, |analytic|, |numeric|)
  std::uint64_t seed = 1;   ///< of the random upstream gradient
};

/// Feeds f with the float64 inputs and a random upstream gradient, and fails the running test,
/// naming input, shape, element and both values, where an element of any input's gradient differs
/// from (f(x + h) - f(x - h)) / 2h projected on that upstream gradient. Inputs stay unchanged.
void check_gradient(const Function& f, std::vector<Tensor> inputs,
                    GradientCheckOptions options = {});

/// A float64 tensor of N(0, 1) values, different for each seed.
Tensor random_tensor(const Shape& shape, std::uint64_t seed, DType dtype = DType::kFloat64);

/// max |a - b| over all elements; fails the running test when the shapes differ.
double max_difference(const Tensor& a, const Tensor& b);
/// ||a - b|| / ||b||: the relative error of a against the reference b.
double relative_error(const Tensor& a, const Tensor& b);
/// Same shape, dtype and bits.
bool bit_equal(const Tensor& a, const Tensor& b);

}  // namespace keel::testing
