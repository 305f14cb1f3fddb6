#pragma once
// The images that a training run is probed with.

#include <functional>

#include <keel/data/loader.h>

namespace keel {

/// Up to 2,000 test images in batches of 250, the same in the same order whenever they are asked
/// for, whatever the seed of the run. A last, shorter batch is left out unless it is the only one.
class HeldOut {
 public:
  static constexpr std::int64_t kBatchSize = 250, kMostImages = 2000;

  /// Keeps a reference to the set.
  HeldOut(const Dataset& set, Standardization standardization)
      : set_(set), standardization_(std::move(standardization)) {}

  void for_each_batch(const std::function<void(const Batch&)>& f) const;

 private:
  const Dataset& set_;
  Standardization standardization_;
};

}  // namespace keel
