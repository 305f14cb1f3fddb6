#pragma once
// `keel compare`: what was asked for, and the runs that it makes.

#include <cstdint>
#include <string>
#include <vector>

#include "apps/train_config.h"

namespace keel {

/// `keel compare`, as it was called.
struct CompareCommand {
  TrainConfig
      base{};  ///< what all runs share; target_accuracy is what the table reports the way to
  std::vector<std::string> norms{"none", "batch", "layer", "group", "instance"};
  std::vector<double> lrs{};                ///< empty: base.lr
  std::vector<std::int64_t> batch_sizes{};  ///< empty: base.batch_size
  std::int64_t seeds = 3;                   ///< base.seed, base.seed + 1, ...
  std::string out{};                        ///< empty: comparisons/<data>-<model>
  bool quiet = false, no_color = false, dry_run = false;
  std::string command_line{};  ///< for the report
};

/// One run of the grid.
struct PlannedRun {
  std::string id;      ///< "batch-lr0.05-batch32-seed1"
  TrainConfig config;  ///< without a target accuracy: no run stops before the others
};

/// norms x learning rates x batch sizes x seeds. The seed changes last, so that a comparison that
/// is stopped has every variant under the same seeds. An axis without values has that of `base`.
std::vector<PlannedRun> plan_runs(const CompareCommand& command);

/// What a comparison without a data set of one's own trains: a small net on few images, so that all
/// the runs together take less than a minute on two cores.
TrainConfig first_look();

}  // namespace keel
