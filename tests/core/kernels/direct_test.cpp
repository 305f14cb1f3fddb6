#include <keel/core/kernels/direct.h>

#include "tests/support/conv_check.h"
#include "tests/support/test.h"

using keel::kernels::ConvShape;
using namespace keel::testing;

namespace {

struct Geometry {
  std::int64_t kernel_height = 3, kernel_width = 3, stride = 1, padding = 0, dilation = 1,
               groups = 1;
};

ConvShape conv(std::int64_t batch, std::int64_t height, std::int64_t width, std::int64_t in,
               std::int64_t out, const Geometry& g) {
  const auto extent = [&](std::int64_t size, std::int64_t kernel) {
    return (size + 2 * g.padding - g.dilation * (kernel - 1) - 1) / g.stride + 1;
  };
  return {.batch = batch,
          .height = height,
          .width = width,
          .in_channels = in,
          .out_height = extent(height, g.kernel_height),
          .out_width = extent(width, g.kernel_width),
          .out_channels = out,
          .kernel_height = g.kernel_height,
          .kernel_width = g.kernel_width,
          .stride = g.stride,
          .padding = g.padding,
          .dilation = g.dilation,
          .groups = g.groups};
}

}  // namespace

TEST_CASE("direct convolution agrees with im2col in float64 in all three passes, on odd shapes") {
  namespace direct = keel::kernels::direct;
  for (const ConvShape& s : {
           conv(3, 28, 28, 1, 6, {.kernel_height = 5, .kernel_width = 5, .padding = 2}),
           conv(17, 14, 14, 6, 16, {.kernel_height = 5, .kernel_width = 5}),
           conv(1, 5, 7, 3, 3, {}),
           conv(2, 9, 6, 17, 1, {.padding = 1}),
           conv(2, 9, 11, 3, 17, {.stride = 2, .padding = 1}),
           conv(5, 8, 8, 16, 32, {.stride = 2, .padding = 1}),
           conv(2, 8, 9, 5, 50, {.kernel_height = 1, .kernel_width = 1, .stride = 2}),
           conv(2, 10, 13, 4, 20, {.stride = 3, .padding = 2, .dilation = 2}),
           conv(2, 7, 7, 2, 33, {.kernel_height = 2, .kernel_width = 4, .padding = 4}),
           conv(1, 3, 3, 2, 10, {.kernel_height = 3, .kernel_width = 3, .stride = 5}),
           conv(33, 4, 4, 1, 1, {.kernel_height = 4, .kernel_width = 1, .padding = 1}),
           conv(1, 31, 40, 3, 40, {.kernel_height = 7, .kernel_width = 7, .stride = 4}),
           conv(19, 8, 9, 12, 12, {.padding = 1, .groups = 12}),
           conv(3, 9, 7, 6, 12, {.stride = 2, .padding = 1, .groups = 6}),
           conv(2, 8, 7, 32, 34, {.padding = 2, .dilation = 2, .groups = 2}),
           conv(5, 6, 6, 15, 96, {.groups = 3}),
       }) {
    CHECK(direct::fits(s));
    check_conv_kernel({direct::forward, direct::backward_data, direct::backward_weight}, s, 1e-6);
  }
}

TEST_CASE("direct convolution leaves matrix products to others") {
  const ConvShape s = conv(2, 8, 8, 16, 16, {.kernel_height = 1, .kernel_width = 1});
  CHECK_FALSE(keel::kernels::direct::fits(s));
}
