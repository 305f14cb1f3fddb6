#include <algorithm>
#include <cmath>

#include <keel/core/error.h>
#include <keel/data/resize.h>

namespace keel {
namespace {

// One output pixel along one axis: the weighted sum of inputs begin, begin + 1, ...
struct Window {
  std::int64_t begin;
  std::vector<float> weights;  // their sum is 1
};

Window shrink_window(std::int64_t output, double scale, std::int64_t inputs) {
  const double low = static_cast<double>(output) * scale, high = low + scale;
  const auto begin = static_cast<std::int64_t>(low);
  const auto end = std::min(inputs, static_cast<std::int64_t>(std::ceil(high)));
  Window window{begin, {}};
  for (std::int64_t i = begin; i < end; ++i) {
    const auto left = static_cast<double>(i);
    const double covered = std::min(high, left + 1) - std::max(low, left);
    window.weights.push_back(static_cast<float>(covered / scale));
  }
  return window;
}

Window grow_window(std::int64_t output, double scale, std::int64_t inputs) {
  if (inputs == 1) return {0, {1.0f}};
  const double centre = (static_cast<double>(output) + 0.5) * scale - 0.5;
  const double position = std::clamp(centre, 0.0, static_cast<double>(inputs - 1));
  const std::int64_t begin = std::min(static_cast<std::int64_t>(position), inputs - 2);
  const auto right = static_cast<float>(position - static_cast<double>(begin));
  return {begin, {1.0f - right, right}};
}

std::vector<Window> windows(std::int64_t inputs, std::int64_t outputs) {
  const double scale = static_cast<double>(inputs) / static_cast<double>(outputs);
  std::vector<Window> result;
  for (std::int64_t i = 0; i < outputs; ++i) {
    result.push_back(scale > 1 ? shrink_window(i, scale, inputs) : grow_window(i, scale, inputs));
  }
  return result;
}

}  // namespace

Image resize(const Image& image, ImageSize size) {
  check(image.size.height > 0 && image.size.width > 0 && size.height > 0 && size.width > 0,
        "resize: expected sizes above 0, got {} x {} to {} x {}", image.size.height,
        image.size.width, size.height, size.width);
  if (image.size == size) return image;
  const std::vector<Window> rows = windows(image.size.height, size.height);
  const std::vector<Window> columns = windows(image.size.width, size.width);
  const auto channels = static_cast<std::size_t>(image.channels);
  const std::size_t row_values = static_cast<std::size_t>(image.size.width) * channels;

  Image result{size, image.channels, {}};
  result.pixels.reserve(static_cast<std::size_t>(size.height * size.width) * channels);
  std::vector<float> line(row_values);  // one output row at the input's width
  for (const Window& row : rows) {
    std::fill(line.begin(), line.end(), 0.0f);
    const std::uint8_t* input =
        image.pixels.data() + static_cast<std::size_t>(row.begin) * row_values;
    for (const float weight : row.weights) {
      for (float& value : line) value += weight * static_cast<float>(*input++);
    }
    for (const Window& column : columns) {
      for (std::size_t c = 0; c < channels; ++c) {
        const float* value = line.data() + static_cast<std::size_t>(column.begin) * channels + c;
        float sum = 0.5f;  // rounds to nearest
        for (const float weight : column.weights) {
          sum += weight * *value;
          value += channels;
        }
        result.pixels.push_back(static_cast<std::uint8_t>(std::clamp(sum, 0.0f, 255.0f)));
      }
    }
  }
  return result;
}

}  // namespace keel
