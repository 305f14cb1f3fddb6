#include "tests/support/conv_check.h"

#include <keel/core/kernels/im2col.h>
#include <keel/core/ops/activation.h>
#include <keel/core/ops/elementwise.h>

#include "tests/support/gradient_check.h"
#include "tests/support/test.h"

namespace keel::testing {

void check_conv_kernel(const ConvKernel& kernel, const kernels::ConvShape& s, double tolerance) {
  namespace im2col = kernels::im2col;
  CAPTURE(s.batch, s.height, s.width, s.in_channels, s.out_channels, s.kernel_height,
          s.kernel_width, s.stride, s.padding, s.dilation, s.groups);
  const Tensor x = random_tensor({s.batch, s.height, s.width, s.in_channels}, 1);
  const Tensor w =
      random_tensor({s.out_channels, s.kernel_height, s.kernel_width, s.in_channels / s.groups}, 2);
  const Tensor dy = random_tensor({s.batch, s.out_height, s.out_width, s.out_channels}, 3);
  Tensor exact_y = dy.clone(), exact_dx = x.clone(), exact_dw = w.clone();
  im2col::forward<double>(s, x.data<double>(), w.data<double>(), exact_y.mutable_data<double>());
  im2col::backward_data<double>(s, dy.data<double>(), w.data<double>(),
                                exact_dx.mutable_data<double>());
  im2col::backward_weight<double>(s, x.data<double>(), dy.data<double>(),
                                  exact_dw.mutable_data<double>());

  const Tensor xf = x.to(DType::kFloat32), wf = w.to(DType::kFloat32), dyf = dy.to(DType::kFloat32);
  Tensor y = dyf.clone(), dx = xf.clone(), dw = wf.clone();
  kernel.forward(s, xf.data<float>(), wf.data<float>(), y.mutable_data<float>(), {});
  kernel.backward_data(s, dyf.data<float>(), wf.data<float>(), dx.mutable_data<float>());
  kernel.backward_weight(s, xf.data<float>(), dyf.data<float>(), dw.mutable_data<float>());
  CHECK(relative_error(y, exact_y) < tolerance);
  CHECK(relative_error(dx, exact_dx) < tolerance);
  CHECK(relative_error(dw, exact_dw) < tolerance);

  const Tensor bias = random_tensor({s.out_channels}, 4, DType::kFloat32);
  Tensor finished = dyf.clone();
  const auto finish = [&](const float* values, bool with_relu) {
    kernel.forward(s, xf.data<float>(), wf.data<float>(), finished.mutable_data<float>(),
                   {values, with_relu});
  };
  finish(bias.data<float>(), false);
  CHECK(bit_equal(finished, y + bias));
  finish(nullptr, true);
  CHECK(bit_equal(finished, relu(y)));
  finish(bias.data<float>(), true);
  CHECK(bit_equal(finished, relu(y + bias)));
}

}  // namespace keel::testing
