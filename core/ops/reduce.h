#pragma once
// Reductions over any axes. The reduced axes vanish, or stay with extent 1 when keep_dims is set.
// Sums are accumulated in float64 whatever the dtype.

#include <vector>

#include <keel/core/tensor.h>

namespace keel {

/// Axes to reduce, negative ones counted from the end; none: all. Every reduction throws Error when
/// one is outside the rank or named twice.
using Axes = std::vector<int>;

/// The sum of the elements; of none, 0.
Tensor sum(const Tensor& x, const Axes& axes = {}, bool keep_dims = false);

/// The sum over the number of elements. Throws Error when there are none.
Tensor mean(const Tensor& x, const Axes& axes = {}, bool keep_dims = false);

/// The largest element; NaN wins. The gradient goes to the first maximum in row-major order, as
/// with PyTorch's max(dim) (its amax shares it among equals). Throws Error when there is nothing to
/// choose from.
Tensor max(const Tensor& x, const Axes& axes = {}, bool keep_dims = false);

/// sum of (x - mean)^2 / (n - correction) over n elements: correction 1 estimates the variance of
/// what x was drawn from, 0 is the variance of x itself. Throws Error unless n > correction.
Tensor variance(const Tensor& x, const Axes& axes = {}, bool keep_dims = false,
                std::int64_t correction = 1);

}  // namespace keel
