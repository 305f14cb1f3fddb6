#pragma once
// Pooling of images: a summary of each window, channel by channel.

#include <cstdint>

#include <keel/core/ops/epilogue.h>
#include <keel/core/ops/pool_options.h>
#include <keel/core/tensor.h>

namespace keel {

/// y[n, h, w, c] = max over r, s of x[n, h stride - padding + r, w stride - padding + s, c].
/// Padding never wins; NaN does. The gradient goes to the first maximum in row-major order.
/// Shape: x [N, H, W, C] -> [N, H', W', C], H' = (H + 2 padding - kernel) / stride + 1, rounded
/// down. With a ReLU max(y, 0), which is also the maximum of max(x, 0), but for the sign
/// of a zero; windows without a value above 0, or with NaN, then have no gradient. With a pool in
/// the epilogue that comes behind. Throws Error
/// when x is not of rank 4, the window does not fit, or padding exceeds half of it.
Tensor max_pool2d(const Tensor& x, Pool2dOptions options = {},
                  const Epilogue& epilogue = Epilogue::kNone);

/// The mean of the same windows, padded with zeros. Shapes and errors as for max_pool2d.
Tensor avg_pool2d(const Tensor& x, Pool2dOptions options = {});

/// The mean over windows that cover x evenly: output row h sees the input rows
/// floor(h H / out_height) to ceil((h + 1) H / out_height) - 1; likewise the columns.
/// Shape: x [N, H, W, C] -> [N, out_height, out_width, C]. Throws Error unless both are at least 1
/// and x has rank 4 and no empty image.
Tensor adaptive_avg_pool2d(const Tensor& x, std::int64_t out_height, std::int64_t out_width);

/// The mean of each channel. Shape: x [N, H, W, C] -> [N, C]. Errors as for adaptive_avg_pool2d.
Tensor global_avg_pool2d(const Tensor& x);

}  // namespace keel
