#pragma once
// A float32 convolution against im2col in float64.

#include <keel/core/kernels/conv_shape.h>

namespace keel::testing {

/// The three passes of a convolution kernel: x [N, H, W, C], weight [K, R, S, C], y [N, H', W', K].
struct ConvKernel {
  using Pass = void (*)(const kernels::ConvShape& shape, const float* in, const float* in_or_weight,
                        float* out);
  Pass forward, backward_data, backward_weight;
};

/// Runs them on random tensors of that shape, and fails the running test, naming the shape, where
/// ||got - expected|| / ||expected|| is not below the tolerance.
void check_conv_kernel(const ConvKernel& kernel, const kernels::ConvShape& shape, double tolerance);

}  // namespace keel::testing
