#pragma once
// Normalisation by the root of the mean square.

#include <keel/core/tensor.h>

namespace keel {

/// y = gamma x / sqrt(mean(x^2) + eps), the mean that of each row (Zhang & Sennrich 2019). Shape:
/// x [N, C], gamma [C] or undefined (1) -> y like x. Throws Error where shapes do not fit.
Tensor rms_normalize(const Tensor& x, const Tensor& gamma, double eps);

}  // namespace keel
