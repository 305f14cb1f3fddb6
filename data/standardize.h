#pragma once
// Zero mean and unit deviation per channel, by the statistics of the training set.

#include <cstdint>
#include <span>
#include <vector>

#include <keel/data/dataset.h>

namespace keel {

/// One entry per channel, in units of 0..1 (a byte divided by 255).
struct Standardization {
  std::vector<float> mean, std;
};

/// The mean and the (population) standard deviation of each channel over all pixels of the set:
/// exact sums of integers, so the same for any number of threads. A constant channel gets a
/// deviation of 1, so that it becomes 0. Throws Error(kData) on an empty set.
Standardization standardization_of(const Dataset& set);

/// The one that leaves 0..1 as it is: mean 0 and deviation 1 for each channel.
Standardization standardization_of_none(std::int64_t channels);

/// out = (pixels / 255 - mean) / std, channel by channel; pixels end with the channel axis.
/// Throws Error unless both spans have the same size, a multiple of the number of channels.
void standardize(std::span<const std::uint8_t> pixels, const Standardization& standardization,
                 std::span<float> out);

}  // namespace keel
