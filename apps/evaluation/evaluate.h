#pragma once
// How well a model does on a data set.

#include <cstdint>
#include <vector>

#include <keel/data/standardize.h>
#include <keel/layers/module.h>

namespace keel {

struct Evaluation {
  double loss = 0;  ///< mean cross-entropy, nats per image
  std::int64_t correct = 0, count = 0;
  std::int64_t classes = 0;
  std::vector<std::int64_t> confusion{};  ///< [true class, predicted class]

  double accuracy() const { return static_cast<double>(correct) / static_cast<double>(count); }
  std::int64_t at(std::int64_t truth, std::int64_t predicted) const {
    return confusion[static_cast<std::size_t>(truth * classes + predicted)];
  }
};

/// Runs the model over the set in evaluation mode, in batches of that size or, so that none is of a
/// single image, a little less. Throws Error(kData) on an empty set, and
/// Diverged when the loss is not finite.
Evaluation evaluate(Module& model, const Dataset& set, const Standardization& standardization,
                    std::int64_t batch_size = 256);

}  // namespace keel
