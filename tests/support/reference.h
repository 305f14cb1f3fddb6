#pragma once
// Naive references, straight from the equations, in float64: what the fast kernels are held
// against.

#include <keel/core/ops/conv.h>
#include <keel/core/tensor.h>

namespace keel::testing {

Tensor naive_matmul(const Tensor& a, const Tensor& b);
Tensor naive_conv2d(const Tensor& x, const Tensor& weight, const Tensor& bias,
                    const Conv2dGeometry& geometry);

}  // namespace keel::testing
