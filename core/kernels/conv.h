#pragma once
// The three passes of a convolution: forward, gradient of the input, gradient of the weights.

#include <cstdint>

#include <keel/core/tensor.h>

namespace keel::kernels {

/// All extents of one convolution; what conv2d has checked to fit together.
struct ConvShape {
  std::int64_t batch, height, width, in_channels;
  std::int64_t out_height, out_width, out_channels;
  std::int64_t kernel_height, kernel_width;
  std::int64_t stride, padding, dilation, groups;
};

// Tensors: x [N, H, W, C], weight [K, R, S, C / groups], y [N, H', W', K]; results are overwritten.
void conv_forward(const ConvShape& shape, const Tensor& x, const Tensor& weight, Tensor& y);
void conv_backward_data(const ConvShape& shape, const Tensor& dy, const Tensor& weight, Tensor& dx);
void conv_backward_weight(const ConvShape& shape, const Tensor& x, const Tensor& dy,
                          Tensor& dweight);

}  // namespace keel::kernels
