#pragma once
// What is known of a training run: how it went, epoch by epoch.

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/diagnostics/probe.h"

namespace keel {

inline constexpr double kNotMeasured = std::numeric_limits<double>::quiet_NaN();

/// The state after one epoch. Accuracies are fractions in [0, 1], losses mean nats per image.
struct EpochResult {
  std::int64_t epoch = 0;  ///< 1 for the first
  std::int64_t step = 0;   ///< optimiser steps so far
  double train_loss = kNotMeasured;
  double train_accuracy = kNotMeasured;
  double test_loss = kNotMeasured;
  double test_accuracy = kNotMeasured;
  double lr = kNotMeasured;
  double seconds = kNotMeasured;  ///< training so far, without evaluation
  double images_per_second = kNotMeasured;

  bool operator==(const EpochResult&) const = default;
};

/// One logged training step.
struct StepResult {
  std::int64_t step = 0;
  double loss = kNotMeasured;
  double accuracy = kNotMeasured;

  bool operator==(const StepResult&) const = default;
};

/// The test images between two steps, besides each epoch's end.
struct EvaluationResult {
  std::int64_t step = 0;  ///< the last one before it
  double test_loss = kNotMeasured;
  double test_accuracy = kNotMeasured;

  bool operator==(const EvaluationResult&) const = default;
};

/// Where a run first met a value that is not finite.
struct Divergence {
  std::int64_t step = 0;
  std::string layer;

  bool operator==(const Divergence&) const = default;
};

enum class RunStatus { kPending, kRunning, kInterrupted, kFailed, kDiverged, kCompleted };

/// Whether training came to its end, good or bad: there is nothing left of it to do.
constexpr bool is_over(RunStatus status) {
  return status == RunStatus::kCompleted || status == RunStatus::kDiverged;
}

/// "pending", "running", "interrupted", "failed", "diverged" or "completed".
std::string_view run_status_name(RunStatus status);

/// Settings of a run by name, both as a flag spells them: {"batch-size", "64"}.
using Settings = std::map<std::string, std::string>;

/// One training run of a comparison.
struct Run {
  std::string id;
  Settings settings;  ///< those that the comparison has an axis for
  std::uint64_t seed = 0;
  RunStatus status = RunStatus::kPending;
  std::string directory;
  std::string command;  ///< the `keel train` line that repeats this run
  std::int64_t parameters = 0;
  std::int64_t peak_tensor_bytes = 0;  ///< the most that its tensors took at a time
  std::vector<EpochResult> epochs;
  std::vector<StepResult> steps;              ///< empty unless steps were logged
  std::vector<EvaluationResult> evaluations;  ///< empty without --eval-every
  std::vector<Probe> probes;                  ///< empty without --diagnostics
  std::optional<Divergence> diverged;
  std::optional<std::string> failure;  ///< why a failed one did

  bool operator==(const Run&) const = default;
};

/// The last epoch's test accuracy or loss, never the best one; NaN for a run without epochs.
double final_test_accuracy(const Run& run);
double final_test_loss(const Run& run);

}  // namespace keel
