#pragma once
// Stride-1 3x3 convolution in float32 by Winograd's minimal filtering F(4x4, 3x3): an output tile
// of 4x4 from an input tile of 6x6 with 36 instead of 144 multiplications.
// Lavin & Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016.
// Relative L2 error against float64: 1e-6 to 2e-5 (im2col: 1e-7 to 1e-6). The transforms subtract:
// a value that is not finite makes NaN of each tile of results that it has a part in.

#include <keel/core/kernels/conv_shape.h>
#include <keel/core/kernels/finish.h>

namespace keel::kernels::winograd {

/// Whether the shape is one for Winograd: 3x3, stride 1, no dilation or groups, padding up to 2,
/// and input and output channels in multiples of 16.
bool fits(const ConvShape& shape);

// x [N, H, W, C], weight [K, 3, 3, C], y [N, H', W', K]; results are overwritten.
void forward(const ConvShape& shape, const float* x, const float* weight, float* y,
             const Finish& finish);
void backward_data(const ConvShape& shape, const float* dy, const float* weight, float* dx);
void backward_weight(const ConvShape& shape, const float* x, const float* dy, float* dweight);

}  // namespace keel::kernels::winograd
