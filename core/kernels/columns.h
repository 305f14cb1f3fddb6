#pragma once
// Tensors as rows of C columns: what biases need. The last axis is the columns.

#include <keel/core/tensor.h>

namespace keel::kernels {

/// Adds v [C] to every row of x [..., C].
void add_to_rows(Tensor& x, const Tensor& v);

/// The sum over all rows of x [..., C]: [C], accumulated in double, in a fixed order.
Tensor sum_of_rows(const Tensor& x);

}  // namespace keel::kernels
