#pragma once
// A training run of a fraction of a second.

#include <string>
#include <vector>

#include <keel/data/synthetic.h>

#include "apps/train/train_config.h"

namespace keel::testing {

constexpr std::int64_t kTinyBatches = 5;  // of the five, the last one is not full

inline const DatasetSplits& tiny_digits() {
  static const DatasetSplits digits = make_digits(3, 70, 40);
  return digits;
}

inline TrainConfig tiny_config() {
  TrainConfig config;
  config.model = "lenet5";
  config.epochs = 2;
  config.batch_size = 16;
  config.lr = 0.02;
  return config;
}

/// The same with everything that draws random numbers or keeps state between steps.
inline std::vector<TrainConfig> stateful_configs() {
  TrainConfig sgd = tiny_config();
  sgd.dropout = 0.3;
  sgd.augment = "standard";
  sgd.pad_mode = "reflect";
  sgd.schedule = "one-cycle";
  sgd.weight_decay = 1e-3;
  sgd.save_every = 2;
  TrainConfig adam = tiny_config();
  adam.optim = "adam";
  adam.lr = 0.002;
  adam.dropout = 0.2;
  adam.norm_momentum = "none";
  adam.clip_norm = 1;
  adam.label_smoothing = 0.1;
  adam.warmup_epochs = 1.5;
  adam.pct_start = 0.2;
  adam.save_every = 3;
  return {sgd, adam};
}

}  // namespace keel::testing
