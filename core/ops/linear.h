#pragma once
// Products of matrices.

#include <keel/core/tensor.h>

namespace keel {

struct MatmulOptions {
  bool transpose_a = false;
  bool transpose_b = false;
};

/// C = op(A) op(B), op transposing the last two axes where asked.
/// Shape: a [M, K], b [K, N] -> [M, N]; or batched: a [B, M, K], b [B, K, N] -> [B, M, N].
/// Throws Error when ranks, inner extents, batches or dtypes differ.
Tensor matmul(const Tensor& a, const Tensor& b, MatmulOptions options = {});

/// y = x W^T + bias, the dense layer.
/// Shape: x [N, in], weight [out, in], bias [out] or undefined -> [N, out].
/// Throws Error naming the shapes where they do not fit.
Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias);

}  // namespace keel
