#include <algorithm>
#include <utility>

#include <keel/core/kernels/correlation.h>

namespace keel::kernels::direct {
namespace {

// One dimension of the gradient of the input, for the inputs i whose (i + padding) % stride is the
// residue: i + padding = stride t + residue is reached from output t - q through tap stride q +
// residue.
struct Residue {
  std::vector<std::int64_t> taps;  // in falling order, so that outputs are read in rising order
  std::int64_t first, count;       // t of the first such input, and how many there are
};

Residue residue_of(std::int64_t residue, std::int64_t size, std::int64_t kernel,
                   const ConvShape& s) {
  Residue result{{}, std::max<std::int64_t>(0, (s.padding - residue + s.stride - 1) / s.stride), 0};
  for (std::int64_t k = kernel - 1; k >= 0; --k) {
    if (k * s.dilation % s.stride == residue) result.taps.push_back(k);
  }
  const std::int64_t beyond = size + s.padding - residue;
  result.count = std::max<std::int64_t>(0, (beyond + s.stride - 1) / s.stride - result.first);
  return result;
}

}  // namespace

Window input_window(const ConvShape& s) {
  return {-s.padding, -s.padding, s.height + 2 * s.padding, s.width + 2 * s.padding};
}

std::vector<Tap> input_taps(const ConvShape& s) {
  std::vector<Tap> taps;
  for (std::int64_t r = 0; r < s.kernel_height; ++r) {
    for (std::int64_t c = 0; c < s.kernel_width; ++c) {
      taps.push_back({r * s.dilation, c * s.dilation, r * s.kernel_width + c});
    }
  }
  return taps;
}

Correlation output_of(const Group& group) {
  const ConvShape& s = group.shape;
  return {.batch = s.batch,
          .height = s.height,
          .width = s.width,
          .channels = s.in_channels,
          .window = input_window(s),
          .out_height = s.out_height,
          .out_width = s.out_width,
          .out_channels = s.out_channels,
          .x_pixel = group.x_pixel,
          .y_pixel = group.y_pixel,
          .in_step = s.stride,
          .out_step = 1,
          .phases = {{input_taps(s), 0, 0, 0, 0, s.out_height, s.out_width}}};
}

Correlation gradient_of_input(const Group& group) {
  const ConvShape& s = group.shape;
  // Outputs t - q for t up to the last input's and q up to the last tap's.
  const std::int64_t above = (s.kernel_height - 1) * s.dilation / s.stride;
  const std::int64_t before = (s.kernel_width - 1) * s.dilation / s.stride;
  Correlation job{.batch = s.batch,
                  .height = s.out_height,
                  .width = s.out_width,
                  .channels = s.out_channels,
                  .window = {-above, -before, above + (s.height - 1 + s.padding) / s.stride + 1,
                             before + (s.width - 1 + s.padding) / s.stride + 1},
                  .out_height = s.height,
                  .out_width = s.width,
                  .out_channels = s.in_channels,
                  .x_pixel = group.y_pixel,
                  .y_pixel = group.x_pixel,
                  .in_step = 1,
                  .out_step = s.stride,
                  .phases = {}};
  for (std::int64_t a = 0; a < s.stride; ++a) {
    const Residue rows = residue_of(a, s.height, s.kernel_height, s);
    for (std::int64_t b = 0; b < s.stride; ++b) {
      const Residue columns = residue_of(b, s.width, s.kernel_width, s);
      Phase phase{.taps = {},
                  .row = rows.first,
                  .column = columns.first,
                  .out_row = s.stride * rows.first + a - s.padding,
                  .out_column = s.stride * columns.first + b - s.padding,
                  .rows = rows.count,
                  .columns = columns.count};
      for (const std::int64_t r : rows.taps) {
        for (const std::int64_t c : columns.taps) {
          phase.taps.push_back({above - (r * s.dilation - a) / s.stride,
                                before - (c * s.dilation - b) / s.stride, r * s.kernel_width + c});
        }
      }
      job.phases.push_back(std::move(phase));
    }
  }
  return job;
}

WeightOrder output_order(const Group& group) {
  const ConvShape& s = group.shape;
  return {
      .tap = s.in_channels, .input = 1, .output = s.kernel_height * s.kernel_width * s.in_channels};
}

WeightOrder gradient_order(const Group& group) {
  const ConvShape& s = group.shape;
  return {
      .tap = s.in_channels, .input = s.kernel_height * s.kernel_width * s.in_channels, .output = 1};
}

}  // namespace keel::kernels::direct
