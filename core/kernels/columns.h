#pragma once
// Tensors as rows of C columns: what biases need. The last axis is the columns.

#include <keel/core/tensor.h>

namespace keel::kernels {

/// Adds v [C] to every row of x [..., C], with a ReLU behind it or not.
void add_to_rows(Tensor& x, const Tensor& v, bool relu = false);

/// The sum over all rows of x [..., C]: [C], accumulated in double, in a fixed order.
Tensor sum_of_rows(const Tensor& x);

struct ReluRows {
  Tensor dx, sum;
};
/// The gradient of y = relu(x) with y [..., C]: dx = dy where y > 0, else 0, over dy's own elements
/// when no other handle shares them; and sum_of_rows(dx), bit for bit.
ReluRows relu_backward_rows(Tensor dy, const Tensor& y);

}  // namespace keel::kernels
