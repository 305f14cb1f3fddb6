#pragma once

#include <optional>
#include <string>
#include <vector>

#include <keel/data/dataset.h>

#include "apps/train/train_config.h"

namespace keel {

/// The data set of each run of a comparison. It is loaded again only where a run needs another one:
/// by its settings, and by the seed that splits a folder of images, as `keel train` with that seed
/// does.
class RunData {
 public:
  /// Throws what load_data throws. Valid until the next call.
  const DatasetSplits& of(const TrainConfig& config);

  /// The images of the set at hand that --skip-bad-images left out, and why.
  const std::vector<std::string>& skipped() const { return skipped_; }

 private:
  std::optional<DatasetSplits> data_;
  std::vector<std::string> skipped_;
  std::string key_;
};

}  // namespace keel
