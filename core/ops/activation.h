#pragma once
// Activation functions, element by element: y has the shape of x.

#include <keel/core/tensor.h>

namespace keel {

/// y = max(x, 0); NaN stays NaN.
Tensor relu(const Tensor& x);

}  // namespace keel
