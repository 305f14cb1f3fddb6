#pragma once
// A float32 convolution against im2col in float64.

#include <keel/core/kernels/conv_shape.h>
#include <keel/core/kernels/finish.h>

namespace keel::testing {

/// The three passes of a convolution kernel: x [N, H, W, C], weight [K, R, S, C], y [N, H', W', K].
struct ConvKernel {
  using Forward = void (*)(const kernels::ConvShape& shape, const float* x, const float* weight,
                           float* y, const kernels::Finish& finish);
  using Backward = void (*)(const kernels::ConvShape& shape, const float* in,
                            const float* in_or_weight, float* out);
  Forward forward;
  Backward backward_data, backward_weight;
};

/// Runs them on random tensors of that shape, and fails the running test, naming the shape, where
/// ||got - expected|| / ||expected|| is not below the tolerance, or where a bias and a ReLU are not
/// bit for bit what they are behind the convolution.
void check_conv_kernel(const ConvKernel& kernel, const kernels::ConvShape& shape, double tolerance);

}  // namespace keel::testing
