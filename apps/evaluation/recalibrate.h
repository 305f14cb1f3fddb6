#pragma once
// Running statistics, averaged anew.

#include <cstdint>

#include <keel/data/standardize.h>
#include <keel/layers/module.h>

namespace keel {

struct RecalibrationOptions {
  std::int64_t batch_size = 256;
  std::int64_t most_images = 0;  ///< 0: all of the set
  std::uint64_t seed = 0;        ///< of the order of the images
};

/// Replaces every running statistic of the model by that over all batches of the set, each batch
/// normalised by its own statistics (bcn, which never is, by the mean so far), everything else as
/// in evaluation: without dropout and augmentation (Wu & Johnson, "Rethinking 'Batch' in
/// BatchNorm", 2021). What they were before has no influence. A variance is that of all batches
/// together, mean(mean^2 + var) - mean(mean)^2; that of single images (instance norm), or without a
/// mean beside it (variance-only, evonorm-b0, the sizes of l1, l2 and linf), the mean over the
/// batches. A last, shorter batch is left out. Returns the number of batches: 0 when the model has
/// no running statistics, or keeps them (frozen).
std::int64_t recalibrate(Module& model, const Dataset& set, const Standardization& standardization,
                         const RecalibrationOptions& options = {});

}  // namespace keel
