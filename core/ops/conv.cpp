#include <memory>
#include <utility>

#include <keel/core/autograd.h>
#include <keel/core/kernels/columns.h>
#include <keel/core/kernels/conv.h>
#include <keel/core/kernels/direct.h>
#include <keel/core/kernels/scratch.h>
#include <keel/core/ops/conv.h>
#include <keel/core/ops/pool.h>
#include <keel/core/ops/pool_geometry.h>

namespace keel {
namespace {

kernels::ConvShape shape_of(const Tensor& x, const Tensor& weight, const Tensor& bias,
                            const Conv2dGeometry& geometry) {
  const auto [stride, padding, dilation, groups] = geometry;
  check(x.rank() == 4, "conv2d: expects x [N, H, W, C], got {}", x.shape());
  check(weight.rank() == 4 && weight.size(1) > 0 && weight.size(2) > 0,
        "conv2d: expects weight [K, R, S, C / groups] with R and S at least 1, got {}",
        weight.shape());
  check(x.dtype() == weight.dtype(), "conv2d: x is {}, weight is {}", name_of(x.dtype()),
        name_of(weight.dtype()));
  check(
      stride >= 1 && dilation >= 1 && padding >= 0 && groups >= 1,
      "conv2d: stride {}, padding {}, dilation {}, groups {}: padding must be at least 0, the rest "
      "at least 1",
      stride, padding, dilation, groups);
  check(weight.size(0) % groups == 0, "conv2d: {} output channels do not divide into {} groups",
        weight.size(0), groups);
  check(x.size(3) == weight.size(3) * groups,
        "conv2d: weight {} with {} group(s) expects {} input channels, got x {}", weight.shape(),
        groups, weight.size(3) * groups, x.shape());
  check(!bias.defined() || bias.shape() == Shape{weight.size(0)},
        "conv2d: bias {} for {} output channels", bias.shape(), weight.size(0));
  const std::int64_t spare_height = x.size(1) + 2 * padding - dilation * (weight.size(1) - 1) - 1;
  const std::int64_t spare_width = x.size(2) + 2 * padding - dilation * (weight.size(2) - 1) - 1;
  check(spare_height >= 0 && spare_width >= 0,
        "conv2d: kernel {}x{} (dilation {}, padding {}) does not fit into x {}", weight.size(1),
        weight.size(2), dilation, padding, x.shape());
  return {.batch = x.size(0),
          .height = x.size(1),
          .width = x.size(2),
          .in_channels = x.size(3),
          .out_height = spare_height / stride + 1,
          .out_width = spare_width / stride + 1,
          .out_channels = weight.size(0),
          .kernel_height = weight.size(1),
          .kernel_width = weight.size(2),
          .stride = stride,
          .padding = padding,
          .dilation = dilation,
          .groups = groups};
}

Shape images_of(const kernels::ConvShape& shape) {
  return {shape.batch, shape.out_height, shape.out_width, shape.out_channels};
}

void add_input_gradient(const kernels::ConvShape& shape, const Tensor& x, const Tensor& weight,
                        const Tensor& dy, Gradients& gradients) {
  gradients[0] = Tensor::empty(x.shape(), x.dtype());
  kernels::conv_backward_data(shape, dy, weight, gradients[0]);
}

// In one pass, for a shape that takes a pool; dy is then the gradient of what the pool gives.
void add_weight_and_bias_gradients(const kernels::ConvShape& shape, const Tensor& x,
                                   const Tensor& weight, const Tensor& bias, const Tensor& dy,
                                   const kernels::PoolBehind* pool, Gradients& gradients) {
  gradients[1] = Tensor::empty(weight.shape(), weight.dtype());
  if (bias.requires_grad()) gradients[2] = Tensor::empty(bias.shape(), bias.dtype());
  kernels::direct::backward_weight_and_bias(
      shape, x.data<float>(), dy.data<float>(), gradients[1].mutable_data<float>(),
      bias.requires_grad() ? gradients[2].mutable_data<float>() : nullptr, pool);
}

// From the gradient of the result, and the sum over its pixels where a ReLU's pass had it.
Gradients gradients_of(const kernels::ConvShape& shape, const Tensor& x, const Tensor& weight,
                       const Tensor& bias, const Tensor& dy, const Tensor& sum_of_dy = {}) {
  Gradients gradients(3);
  if (x.requires_grad()) add_input_gradient(shape, x, weight, dy, gradients);
  if (weight.requires_grad() && kernels::conv_takes_pool(shape, x.dtype())) {
    // As with a pool: the bias's sum in another order would have other last bits.
    add_weight_and_bias_gradients(shape, x, weight, bias, dy, nullptr, gradients);
    return gradients;
  }
  if (bias.requires_grad()) {
    gradients[2] = sum_of_dy.defined() ? sum_of_dy : kernels::sum_of_rows(dy);
  }
  if (weight.requires_grad()) {
    gradients[1] = Tensor::empty(weight.shape(), weight.dtype());
    kernels::conv_backward_weight(shape, x, dy, gradients[1]);
  }
  return gradients;
}

// In one pass, for a shape that takes a pool.
Tensor conv2d_and_pool(const kernels::ConvShape& shape, const Tensor& x, const Tensor& weight,
                       const Tensor& bias, const Epilogue& epilogue) {
  kernels::PoolBehind behind{max_pool_geometry(images_of(shape), *epilogue.pool), epilogue.relu,
                             nullptr};
  const auto pixels =
      std::make_shared<kernels::Scratch<std::int32_t>>(kernels::direct::pool_pixels(shape, behind));
  behind.pixel = pixels->data();
  Tensor y = Tensor::empty(pooled_shape(behind.geometry), x.dtype());
  kernels::direct::forward_and_pool(shape, behind, x.data<float>(), weight.data<float>(),
                                    y.mutable_data<float>(),
                                    {.bias = bias.defined() ? bias.data<float>() : nullptr});
  return record("conv2d_max_pool2d", y, {&x, &weight, &bias},
                [=, kept = pixels](const Tensor& dy) -> Gradients {
                  Gradients gradients(3);
                  if (weight.requires_grad()) {
                    add_weight_and_bias_gradients(shape, x, weight, bias, dy, &behind, gradients);
                  }
                  const bool bias_alone = bias.requires_grad() && !weight.requires_grad();
                  if (!x.requires_grad() && !bias_alone) return gradients;
                  Tensor inner = Tensor::empty(images_of(shape), dy.dtype());
                  kernels::direct::backward_pool(shape, behind, dy.data<float>(),
                                                 inner.mutable_data<float>());
                  if (x.requires_grad()) add_input_gradient(shape, x, weight, inner, gradients);
                  if (bias_alone) gradients[2] = kernels::sum_of_rows(inner);
                  return gradients;
                });
}

}  // namespace

Tensor conv2d(const Tensor& x, const Tensor& weight, const Tensor& bias,
              const Conv2dGeometry& geometry, const Epilogue& epilogue) {
  const kernels::ConvShape shape = shape_of(x, weight, bias, geometry);
  const bool relu = epilogue.relu;
  if (epilogue.pool) {
    return kernels::conv_takes_pool(shape, x.dtype())
               ? conv2d_and_pool(shape, x, weight, bias, epilogue)
               : max_pool2d(conv2d(x, weight, bias, geometry), *epilogue.pool, {.relu = relu});
  }
  Tensor y = Tensor::empty(images_of(shape), x.dtype());
  kernels::conv_forward(shape, x, weight, bias, relu, y);
  Tensor passed = relu ? y : Tensor();
  return record("conv2d", y, {&x, &weight, &bias}, [=](Tensor dy) mutable -> Gradients {
    if (!relu) return gradients_of(shape, x, weight, bias, dy);
    // What the ReLU let through is released at once: the gradient of x takes its place.
    const auto [dx, sum] = kernels::relu_backward_rows(std::move(dy), std::exchange(passed, {}));
    return gradients_of(shape, x, weight, bias, dx, sum);
  });
}

bool conv2d_takes_pool(const Tensor& x, const Tensor& weight, const Conv2dGeometry& geometry,
                       const Pool2dOptions& pool) {
  try {
    const kernels::ConvShape shape = shape_of(x, weight, {}, geometry);
    max_pool_geometry(images_of(shape), pool);
    return kernels::conv_takes_pool(shape, x.dtype());
  } catch (const Error&) {
    return false;
  }
}

}  // namespace keel
