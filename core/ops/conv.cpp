#include <utility>

#include <keel/core/autograd.h>
#include <keel/core/kernels/columns.h>
#include <keel/core/kernels/conv.h>
#include <keel/core/ops/conv.h>

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

}  // namespace

Tensor conv2d(const Tensor& x, const Tensor& weight, const Tensor& bias,
              const Conv2dGeometry& geometry, Epilogue epilogue) {
  const kernels::ConvShape shape = shape_of(x, weight, bias, geometry);
  const bool relu = epilogue == Epilogue::kRelu;
  Tensor y = Tensor::empty({shape.batch, shape.out_height, shape.out_width, shape.out_channels},
                           x.dtype());
  kernels::conv_forward(shape, x, weight, bias, relu, y);
  Tensor passed = relu ? y : Tensor();
  return record("conv2d", y, {&x, &weight, &bias}, [=](Tensor dy) mutable -> Gradients {
    Gradients gradients(3);
    if (relu) {
      // What the ReLU let through is released at once: the gradient of x takes its place.
      auto [dx, sum] = kernels::relu_backward_rows(std::move(dy), std::exchange(passed, {}));
      dy = std::move(dx);
      if (bias.requires_grad()) gradients[2] = std::move(sum);
    } else if (bias.requires_grad()) {
      gradients[2] = kernels::sum_of_rows(dy);
    }
    if (x.requires_grad()) {
      gradients[0] = Tensor::empty(x.shape(), x.dtype());
      kernels::conv_backward_data(shape, dy, weight, gradients[0]);
    }
    if (weight.requires_grad()) {
      gradients[1] = Tensor::empty(weight.shape(), weight.dtype());
      kernels::conv_backward_weight(shape, x, dy, gradients[1]);
    }
    return gradients;
  });
}

}  // namespace keel
