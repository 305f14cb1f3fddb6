#pragma once
// Convolution in float32 as it is defined, its sums held in registers: a few pixels by one or two
// vectors of output channels at a time, read from zero-padded copies of single images that stay in
// the cache. For what Winograd does not fit: any kernel, stride and dilation, few channels.
// Relative L2 error against float64: about 1e-7.

#include <keel/core/kernels/conv_shape.h>
#include <keel/core/kernels/finish.h>

namespace keel::kernels::direct {

/// Whether the shape is one for the direct loops: one group, and not a plain matrix product.
bool fits(const ConvShape& shape);

// x [N, H, W, C], weight [K, R, S, C], y [N, H', W', K]; results are overwritten.
void forward(const ConvShape& shape, const float* x, const float* weight, float* y,
             const Finish& finish);
void backward_data(const ConvShape& shape, const float* dy, const float* weight, float* dx);
void backward_weight(const ConvShape& shape, const float* x, const float* dy, float* dweight);

}  // namespace keel::kernels::direct
