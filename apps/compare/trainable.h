#pragma once
// Which runs of a comparison's grid can be trained at all.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "apps/compare/comparison_plan.h"
#include "apps/train/run_data.h"

namespace keel {

struct TrainablePlan {
  std::vector<PlannedRun> runs;
  std::map<Settings, std::int64_t> parameters;  ///< of the model of each of their settings
  /// For a person: which runs were left out, and why; an entry for each reason.
  std::vector<std::string> left_out;
};

/// The plan without the runs whose settings do not fit together, such as a model and a
/// normalisation that it cannot take: of each variant the run of the first seed is tried; and
/// without those that are the same training as one before them (resolved_settings.h).
/// Throws Error, naming the first run, where none is left, and what RunData throws.
TrainablePlan trainable(const std::vector<PlannedRun>& plan, RunData& data);

}  // namespace keel
