#include <keel/core/kernels/conv.h>
#include <keel/core/kernels/winograd.h>
#include <keel/core/precision.h>

#include "tests/support/conv_check.h"
#include "tests/support/gradient_check.h"
#include "tests/support/test.h"

using keel::DType;
using keel::Tensor;
using keel::kernels::ConvShape;
using namespace keel::testing;

namespace {

ConvShape conv3x3(std::int64_t batch, std::int64_t height, std::int64_t width, std::int64_t in,
                  std::int64_t out, std::int64_t padding) {
  return {.batch = batch,
          .height = height,
          .width = width,
          .in_channels = in,
          .out_height = height + 2 * padding - 2,
          .out_width = width + 2 * padding - 2,
          .out_channels = out,
          .kernel_height = 3,
          .kernel_width = 3,
          .stride = 1,
          .padding = padding,
          .dilation = 1,
          .groups = 1};
}

}  // namespace

TEST_CASE("winograd agrees with im2col in float64 in all three passes, on odd sizes too") {
  namespace winograd = keel::kernels::winograd;
  for (const ConvShape& s : {
           conv3x3(1, 4, 4, 16, 16, 1), conv3x3(3, 7, 5, 16, 48, 1), conv3x3(2, 9, 13, 48, 16, 0),
           conv3x3(2, 6, 3, 32, 32, 2), conv3x3(1, 3, 3, 16, 16, 0), conv3x3(2, 1, 1, 16, 32, 1),
           conv3x3(9, 32, 32, 16, 16, 1), conv3x3(5, 8, 8, 128, 64, 1),
           conv3x3(1, 5, 3, 80, 112, 1),     // filters too large to read them for every block
           conv3x3(19, 16, 14, 112, 80, 1),  // and more tiles than are transformed at a time
       }) {
    CHECK(winograd::fits(s));
    check_conv_kernel({winograd::forward, winograd::backward_data, winograd::backward_weight}, s,
                      1e-5);
  }
}

TEST_CASE("the precise mode convolves without Winograd, within 1e-6 of float64") {
  const ConvShape s = conv3x3(2, 16, 16, 64, 32, 1);
  const Tensor x = random_tensor({2, 16, 16, 64}, 1), w = random_tensor({32, 3, 3, 64}, 2);
  const Tensor xf = x.to(DType::kFloat32), wf = w.to(DType::kFloat32);
  Tensor exact = Tensor::zeros({2, 16, 16, 32}, DType::kFloat64);
  keel::kernels::conv_forward(s, x, w, Tensor(), false, exact);
  const auto error = [&](keel::Precision precision) {
    keel::set_precision(precision);
    Tensor y = Tensor::zeros({2, 16, 16, 32}, DType::kFloat32);
    keel::kernels::conv_forward(s, xf, wf, Tensor(), false, y);
    keel::set_precision(keel::Precision::kFast);
    return relative_error(y, exact);
  };
  const double fast = error(keel::Precision::kFast), precise = error(keel::Precision::kPrecise);
  CHECK(precise < 1e-6);
  CHECK(precise < fast);
  CHECK(keel::precision_named("precise") == keel::Precision::kPrecise);
  CHECK_THROWS_WITH(keel::precision_named("precize"), ContainsSubstring("precise"));
}

TEST_CASE("winograd leaves other shapes to im2col") {
  const ConvShape good = conv3x3(1, 8, 8, 16, 16, 1);
  const auto fits_with = [&](auto change) {
    ConvShape s = good;
    change(s);
    return keel::kernels::winograd::fits(s);
  };
  CHECK_FALSE(fits_with([](ConvShape& s) { s.stride = 2; }));
  CHECK_FALSE(fits_with([](ConvShape& s) { s.dilation = 2; }));
  CHECK_FALSE(fits_with([](ConvShape& s) { s.groups = 2; }));
  CHECK_FALSE(fits_with([](ConvShape& s) { s.padding = 3; }));
  CHECK_FALSE(fits_with([](ConvShape& s) { s.in_channels = 17; }));
  CHECK_FALSE(fits_with([](ConvShape& s) { s.out_channels = 8; }));
  CHECK_FALSE(fits_with([](ConvShape& s) { s.kernel_width = 5; }));
}
