#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <functional>
#include <mutex>

#include <keel/core/error.h>
#include <keel/core/parallel.h>
#include <keel/data/standardize.h>

namespace keel {
namespace {

using Histogram = std::array<std::int64_t, 256>;

// Counts are integers, so the order in which the chunks add theirs does not matter.
std::vector<Histogram> histograms(const Dataset& set) {
  const auto channels = static_cast<std::size_t>(set.channels);
  std::vector<Histogram> total(channels);
  // Neighbours are often equal: in tables of their own they do not wait for each other's counts.
  const std::size_t tables = 4 * channels;
  std::mutex mutex;
  parallel_for(set.size(), 1024, [&](std::int64_t begin, std::int64_t end) {
    std::vector<Histogram> counts(tables);
    const std::uint8_t* pixels = set.images.data() + begin * set.image_bytes();
    const auto bytes = static_cast<std::size_t>((end - begin) * set.image_bytes());
    for (std::size_t i = 0; i < bytes; i += tables) {
      const std::size_t count = std::min(tables, bytes - i);
      for (std::size_t t = 0; t < count; ++t) ++counts[t][pixels[i + t]];
    }
    const std::lock_guard lock(mutex);
    for (std::size_t t = 0; t < tables; ++t) {
      Histogram& sum = total[t % channels];
      std::transform(counts[t].begin(), counts[t].end(), sum.begin(), sum.begin(), std::plus<>());
    }
  });
  return total;
}

}  // namespace

Standardization standardization_of(const Dataset& set) {
  check_data(!set.images.empty(), "{}: expected images to standardize by, found none", set.name);
  const auto pixels = static_cast<double>(set.size() * set.height * set.width);
  Standardization result;
  for (const Histogram& counts : histograms(set)) {
    double mean = 0, variance = 0;
    for (std::size_t v = 0; v < counts.size(); ++v) {
      mean += static_cast<double>(counts[v]) * static_cast<double>(v) / pixels;
    }
    for (std::size_t v = 0; v < counts.size(); ++v) {
      const double deviation = static_cast<double>(v) - mean;
      variance += static_cast<double>(counts[v]) * deviation * deviation / pixels;
    }
    const bool constant = std::count(counts.begin(), counts.end(), 0) == 255;
    result.mean.push_back(static_cast<float>(mean / 255));
    result.std.push_back(constant ? 1.0f : static_cast<float>(std::sqrt(variance) / 255));
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
