#include <cmath>
#include <cstddef>
#include <mutex>

#include <keel/core/error.h>
#include <keel/core/parallel.h>
#include <keel/data/standardize.h>

namespace keel {
namespace {

/// Of one channel's pixels. Integers: in which order the chunks add theirs does not matter.
struct Sums {
  std::int64_t values = 0, squares = 0;
};

std::vector<Sums> sums_of(const Dataset& set) {
  const auto channels = static_cast<std::size_t>(set.channels);
  // A row is so many pixels; every place in it has sums of its own, so that they are vectors. As
  // many rows as this leave the sum of squares below 2^32.
  constexpr std::size_t kPixels = 256;
  constexpr std::int64_t kRows = 2048;
  const std::size_t row = kPixels * channels;
  const std::size_t rows = set.images.size() / row;
  std::vector<Sums> total(channels);
  std::mutex mutex;
  parallel_for(static_cast<std::int64_t>(rows), kRows, [&](std::int64_t begin, std::int64_t end) {
    std::vector<std::uint32_t> values(row), squares(row);
    const std::uint8_t* pixels = set.images.data() + static_cast<std::size_t>(begin) * row;
    for (std::int64_t r = begin; r < end; ++r, pixels += row) {
      for (std::size_t i = 0; i < row; ++i) {
        const std::uint32_t value = pixels[i];
        values[i] += value;
        squares[i] += value * value;
      }
    }
    const std::lock_guard lock(mutex);
    for (std::size_t i = 0; i < row; ++i) {
      total[i % channels].values += values[i];
      total[i % channels].squares += squares[i];
    }
  });
  for (std::size_t i = rows * row; i < set.images.size(); ++i) {
    const std::int64_t value = set.images[i];
    total[i % channels].values += value;
    total[i % channels].squares += value * value;
  }
  return total;
}

}  // namespace

Standardization standardization_of(const Dataset& set) {
  check_data(!set.images.empty(), "{}: expected images to standardize by, found none", set.name);
  const std::int64_t pixels = set.size() * set.height * set.width;
  const auto count = static_cast<double>(pixels);
  Standardization result;
  for (const auto& [values, squares] : sums_of(set)) {
    // Exact about the integer nearest to the mean; what the mean is off then takes away at most
    // half of it, as a whole number's square is not smaller than the number.
    const std::int64_t centre = (2 * values + pixels) / (2 * pixels);
    const std::int64_t about_centre = squares - 2 * centre * values + centre * centre * pixels;
    const double offset = static_cast<double>(values - centre * pixels) / count;
    const double variance = static_cast<double>(about_centre) / count - offset * offset;
    result.mean.push_back(static_cast<float>(static_cast<double>(values) / count / 255));
    result.std.push_back(variance == 0 ? 1.0f : static_cast<float>(std::sqrt(variance) / 255));
  }
  return result;
}

Standardization standardization_of_none(std::int64_t channels) {
  const auto count = static_cast<std::size_t>(channels);
  return {std::vector<float>(count, 0.0f), std::vector<float>(count, 1.0f)};
}

void standardize(std::span<const std::uint8_t> pixels, const Standardization& standardization,
                 std::span<float> out) {
  const std::size_t channels = standardization.mean.size();
  check(channels > 0 && standardization.std.size() == channels && pixels.size() == out.size() &&
            pixels.size() % channels == 0,
        "standardize: expected as many values as pixels, in groups of one per channel, got {} "
        "pixels, {} values, {} means and {} deviations",
        pixels.size(), out.size(), channels, standardization.std.size());
  for (std::size_t c = 0; c < channels; ++c) {
    const float scale = 1 / (255 * standardization.std[c]);
    const float shift = -standardization.mean[c] / standardization.std[c];
    for (std::size_t i = c; i < pixels.size(); i += channels) {
      out[i] = static_cast<float>(pixels[i]) * scale + shift;
    }
  }
}

}  // namespace keel
