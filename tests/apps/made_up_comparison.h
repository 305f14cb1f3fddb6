#pragma once
// The comparison that an experiment plans, with results of a test's own.

#include <functional>
#include <utility>

#include "apps/reproduce/experiment.h"
#include "tests/apps/sample_comparison.h"

namespace keel::testing {

/// Tells a run, which is complete and without epochs, what it found.
using Results = std::function<void(Run& run, const TrainConfig& config)>;

inline Comparison made_up(const Experiment& experiment, Budget budget, const Results& results) {
  CompareCommand command = experiment.plan({budget, 50'000});
  command.seeds = 3;
  Comparison comparison;
  comparison.classes = 10;
  comparison.axes = axis_names(command);
  for (const PlannedRun& planned : plan_runs(command)) {
    Run& run = comparison.runs.emplace_back();
    run.id = planned.id;
    run.settings = planned.settings;
    run.seed = planned.config.seed;
    run.status = RunStatus::kCompleted;
    results(run, planned.config);
  }
  return comparison;
}

/// Ends the run with a test accuracy, which differs a little by the seed.
inline void end_with(Run& run, double accuracy) {
  EpochResult epoch;
  epoch.epoch = 1;
  epoch.step = 10'000;
  epoch.test_accuracy = accuracy + 0.001 * static_cast<double>(run.seed);
  run.epochs.push_back(epoch);
}

inline void diverge(Run& run) {
  run.status = RunStatus::kDiverged;
}

}  // namespace keel::testing
