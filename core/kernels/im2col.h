#pragma once
// Convolution of any shape as matrix products: the reference for the faster kernels.

#include <keel/core/kernels/conv_shape.h>

namespace keel::kernels::im2col {

// x [N, H, W, C], weight [K, R, S, C / groups], y [N, H', W', K]; results are overwritten.
template <class T>
void forward(const ConvShape& shape, const T* x, const T* weight, T* y);
template <class T>
void backward_data(const ConvShape& shape, const T* dy, const T* weight, T* dx);
template <class T>
void backward_weight(const ConvShape& shape, const T* x, const T* dy, T* dweight);

}  // namespace keel::kernels::im2col
