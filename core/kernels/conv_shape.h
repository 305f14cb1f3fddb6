#pragma once

#include <cstdint>

namespace keel::kernels {

/// All extents of one convolution; what conv2d has checked to fit together.
struct ConvShape {
  std::int64_t batch, height, width, in_channels;
  std::int64_t out_height, out_width, out_channels;
  std::int64_t kernel_height, kernel_width;
  std::int64_t stride, padding, dilation, groups;
};

}  // namespace keel::kernels
