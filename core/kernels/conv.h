#pragma once
// The three passes of a convolution: forward, gradient of the input, gradient of the weights.

#include <keel/core/kernels/conv_shape.h>
#include <keel/core/tensor.h>

namespace keel::kernels {

// Tensors: x [N, H, W, C], weight [K, R, S, C / groups], y [N, H', W', K]; results are overwritten.

/// bias [K] or undefined; with a ReLU behind it or not. Bit for bit what one after the other gives.
void conv_forward(const ConvShape& shape, const Tensor& x, const Tensor& weight, const Tensor& bias,
                  bool relu, Tensor& y);
void conv_backward_data(const ConvShape& shape, const Tensor& dy, const Tensor& weight, Tensor& dx);
void conv_backward_weight(const ConvShape& shape, const Tensor& x, const Tensor& dy,
                          Tensor& dweight);

/// Whether kernels/direct.h can take a max pool behind the convolution, and the gradient of its
/// bias, into its passes.
bool conv_takes_pool(const ConvShape& shape, DType dtype);

}  // namespace keel::kernels
