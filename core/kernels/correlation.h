#pragma once
// What the direct loops compute: a convolution, and the gradient of its input, as correlations of
// padded images with the filters' taps, one group of channels after the other.

#include <cstdint>
#include <vector>

#include <keel/core/kernels/conv_shape.h>

namespace keel::kernels::direct {

/// The part [top, top + rows) x [left, left + columns) of an image, which may reach beyond it.
struct Window {
  std::int64_t top, left, rows, columns;
};

/// One filter tap: where it reads, in pixels of the padded image from an output's first, and which
/// of the R x S it is.
struct Tap {
  std::int64_t row, column, index;
};

/// Outputs with the same taps: all of them forward, those of one residue backward through a stride.
struct Phase {
  std::vector<Tap> taps;
  std::int64_t row, column;          // of the first output's first tap, in the padded image
  std::int64_t out_row, out_column;  // of the first output
  std::int64_t rows, columns;        // outputs
};

/// y = x correlated with filters: what both directions of a convolution are.
struct Correlation {
  std::int64_t batch;
  std::int64_t height, width, channels;              // of x
  Window window;                                     // of x: the padded image
  std::int64_t out_height, out_width, out_channels;  // of y
  std::int64_t x_pixel, y_pixel;   // from pixel to pixel in memory: the channels of all groups
  std::int64_t in_step, out_step;  // pixels between a phase's neighbours
  std::vector<Phase> phases;
};

/// Where the weight of (tap, input, output) lies.
struct WeightOrder {
  std::int64_t tap, input, output;
};

/// One group of a convolution, as if there were no other.
struct Group {
  ConvShape shape;
  std::int64_t index;
  std::int64_t x_pixel, y_pixel;  // from pixel to pixel in memory: the channels of all groups

  std::int64_t x_first() const { return index * shape.in_channels; }
  std::int64_t y_first() const { return index * shape.out_channels; }
  std::int64_t weight_first() const {
    return y_first() * shape.kernel_height * shape.kernel_width * shape.in_channels;
  }
};

/// f(group), for each of them.
template <class F>
void for_each_group(const ConvShape& s, F f) {
  Group group{s, 0, s.in_channels, s.out_channels};
  group.shape.in_channels /= s.groups;
  group.shape.out_channels /= s.groups;
  group.shape.groups = 1;
  for (; group.index < s.groups; ++group.index) f(group);
}

/// The padded input of the forward pass, and its taps.
Window input_window(const ConvShape& shape);
std::vector<Tap> input_taps(const ConvShape& shape);

/// y from x, and dx from dy.
Correlation output_of(const Group& group);
Correlation gradient_of_input(const Group& group);
/// The weights as the two read them.
WeightOrder output_order(const Group& group);
WeightOrder gradient_order(const Group& group);

}  // namespace keel::kernels::direct
