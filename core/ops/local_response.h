#pragma once

#include <keel/core/tensor.h>

namespace keel {

/// What local_response divides by; the defaults are the paper's, whose alpha is of the sum, not of
/// the mean: 1e-4 times 5.
struct LocalResponse {
  std::int64_t size = 5;  ///< neighbouring channels, itself among them; size / 2 lie before it
  double alpha = 5e-4;    ///< weight of their mean square
  double beta = 0.75;     ///< the exponent
  double k = 2;           ///< added; with 0, pixels of zeros have no result
};

/// y = x / (k + alpha / size sum of x'^2)^beta over neighbouring channels, computed in float64.
/// Shape: x [..., C] -> the same. Throws Error where x is empty or size is below 1.
/// Krizhevsky, Sutskever & Hinton, NeurIPS 2012.
Tensor local_response(const Tensor& x, const LocalResponse& options);

}  // namespace keel
