#pragma once
// The data set that a configuration names.

#include <string>
#include <vector>

#include <keel/data/dataset.h>

#include "apps/train/train_config.h"

namespace keel {

/// Loads, checks and limits it. Images that --skip-bad-images left out are named in `skipped`.
DatasetSplits load_data(const TrainConfig& config, std::vector<std::string>* skipped = nullptr);

/// "10,000 training and 2,000 test images of 28x28x1, 10 classes"
std::string describe_images(const DatasetSplits& data);
/// "digits: 10,000 training and 2,000 test images of 28x28x1, 10 classes"
std::string describe(const DatasetSplits& data);

}  // namespace keel
