#pragma once
// What the embedded sets have in common: from a drawing function to both splits.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <keel/core/random.h>
#include <keel/data/dataset.h>

namespace keel::synthetic {

struct SyntheticSet {
  std::string name;
  std::int64_t height, width, channels;
  std::vector<std::string> classes;
  /// Fills one image [height, width, channels] of the class `label`.
  void (*draw)(Rng rng, std::int32_t label, std::span<std::uint8_t> image);
};

/// Draws both splits on the parallel pool. Sample i has label i % classes, so that every prefix of
/// a split is balanced, and a random stream of its own. Throws Error on a negative count.
DatasetSplits generate(const SyntheticSet& set, std::uint64_t seed, std::int64_t train_count,
                       std::int64_t test_count);

}  // namespace keel::synthetic
