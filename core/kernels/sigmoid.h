#pragma once
// The logistic function and its logarithm's relatives, safe for any argument.

#include <cmath>

#include <keel/core/kernels/exponential.h>

namespace keel::kernels {

/// 1 / (1 + exp(-v)): the exponential may overflow to infinity, the quotient may not.
template <class T>
T sigmoid(T v) {
  return 1 / (1 + exponential(-v));
}

/// log(1 + exp(v)) without overflow.
template <class T>
T softplus(T v) {
  return (v > 0 ? v : 0) + logarithm_of_one_plus(exponential(-std::abs(v)));
}

}  // namespace keel::kernels
