#pragma once
// The parameter-free shortcut of residual networks.

#include <keel/core/tensor.h>

namespace keel {

/// y[n, h, w, before + c] = x[n, stride h, stride w, c], and 0 in the added channels.
/// Shape: x [N, H, W, C] -> [N, ceil(H / stride), ceil(W / stride), before + C + after].
/// Throws Error unless x has rank 4, stride is at least 1 and the added channels are not negative.
Tensor subsample_pad(const Tensor& x, std::int64_t stride, std::int64_t before, std::int64_t after);

}  // namespace keel
