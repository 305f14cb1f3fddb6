#pragma once
// Convolution in float32 as it is defined, its sums held in registers: a few pixels by one or two
// vectors of output channels at a time, read from zero-padded copies of single images that stay in
// the cache. For what Winograd does not fit: any kernel, stride and dilation, few channels.
// Relative L2 error against float64: about 1e-7.

#include <keel/core/kernels/conv_shape.h>
#include <keel/core/kernels/finish.h>
#include <keel/core/kernels/pool_behind.h>

namespace keel::kernels::direct {

/// Whether the shape is one for the direct loops: not a plain matrix product.
bool fits(const ConvShape& shape);

// x [N, H, W, C], weight [K, R, S, C], y [N, H', W', K]; results are overwritten.
void forward(const ConvShape& shape, const float* x, const float* weight, float* y,
             const Finish& finish);
void backward_data(const ConvShape& shape, const float* dy, const float* weight, float* dx);
void backward_weight(const ConvShape& shape, const float* x, const float* dy, float* dweight);

// ---- with a max pool behind, whose input never becomes an array: where pools(shape)

/// Whether it pays: few output channels, which leave a pool's vectors as empty as a convolution's,
/// so that images lie in the lanes of both.
bool pools(const ConvShape& shape);
/// How many elements pool.pixel has: those of the result, for whole vectors of images.
std::int64_t pool_pixels(const ConvShape& shape, const PoolBehind& pool);
/// y is what the pool gives; its ReLU is pool.relu, and finish has none.
void forward_and_pool(const ConvShape& shape, const PoolBehind& pool, const float* x,
                      const float* weight, float* y, const Finish& finish);
/// The gradient of what the convolution gives, from the one of what the pool does.
void backward_pool(const ConvShape& shape, const PoolBehind& pool, const float* dy, float* dx);

/// backward_weight, and the gradient of the bias: dbias [K] = the sum of dy over images and pixels,
/// kept in double; null: not wanted. With a pool dy is the gradient of what that gives; for any
/// shape without one.
void backward_weight_and_bias(const ConvShape& shape, const float* x, const float* dy,
                              float* dweight, float* dbias, const PoolBehind* pool = nullptr);

}  // namespace keel::kernels::direct
