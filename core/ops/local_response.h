#pragma once

#include <keel/core/tensor.h>

namespace keel {

struct LocalResponse {
  std::int64_t size = 5;  ///< neighbouring channels, itself among them; size / 2 lie before it
  double alpha = 5e-4, beta = 0.75, k = 2;
};

/// y = x / (k + alpha / size sum of x'^2)^beta over neighbouring channels, computed in float64.
/// Shape: x [..., C] -> the same. Throws Error where x is empty or size is below 1.
/// Krizhevsky, Sutskever & Hinton, NeurIPS 2012.
Tensor local_response(const Tensor& x, const LocalResponse& options);

}  // namespace keel
