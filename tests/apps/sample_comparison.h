#pragma once
// A small comparison with known statistics, for the tests of everything that reads one.

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "apps/results/results.h"

namespace keel::testing {

/// A completed run whose test accuracies are given, one epoch of 100 steps and 10 seconds each.
inline Run sample_run(const std::string& norm, std::uint64_t seed,
                      const std::vector<double>& accuracies) {
  Run run;
  run.id = fmt::format("{}-lr0.1-b64-s{}", norm, seed);
  run.settings = {{"norm", norm}, {"lr", "0.1"}, {"batch-size", "64"}};
  run.seed = seed;
  run.status = RunStatus::kCompleted;
  run.directory = "runs/" + run.id;
  run.command = fmt::format("keel train --norm {} --seed {}", norm, seed);
  run.parameters = 61706;
  run.peak_tensor_bytes = 123456789;
  for (const double accuracy : accuracies) {
    EpochResult epoch;
    epoch.epoch = static_cast<std::int64_t>(run.epochs.size()) + 1;
    epoch.step = 100 * epoch.epoch;
    epoch.seconds = 10.0 * static_cast<double>(epoch.epoch);
    epoch.train_accuracy = epoch.test_accuracy = accuracy;
    epoch.train_loss = epoch.test_loss = 1 - accuracy;
    epoch.lr = 0.1;
    epoch.images_per_second = 640;
    run.epochs.push_back(epoch);
  }
  return run;
}

/// Moves a run on an axis.
inline void set(Run& run, const char* setting, std::string value) {
  run.settings[setting] = std::move(value);
}

inline Run diverged_run(const std::string& norm, std::uint64_t seed,
                        const std::vector<double>& accuracies = {}) {
  Run run = sample_run(norm, seed, accuracies);
  run.status = RunStatus::kDiverged;
  run.diverged = Divergence{static_cast<std::int64_t>(100 * accuracies.size()) + 7, "features.3"};
  return run;
}

/// What sample_run's runs are compared by.
inline Comparison empty_comparison() {
  Comparison comparison;
  comparison.axes = {"norm", "lr", "batch-size"};
  return comparison;
}

/// none and batch over seeds 1 to 3, and layer, one of whose runs diverged.
inline Comparison sample_comparison() {
  Comparison comparison = empty_comparison();
  comparison.title = "Normalisation on digits";
  comparison.dataset = "mnist";
  comparison.dataset_note = "60,000 training and 10,000 test images";
  comparison.model = "lenet";
  comparison.target_accuracy = 0.8;
  comparison.created = "2025-03-04T05:06:07Z";
  comparison.keel_version = "0.1.0";
  comparison.command = "keel compare --norms none,batch,layer --seeds 1,2,3";
  comparison.environment = {{"cpu", "A processor"}, {"threads", 2}, {"memory_bytes", 3 << 29}};
  comparison.runs = {sample_run("none", 1, {0.5, 0.7}),
                     sample_run("none", 2, {0.6, 0.8}),
                     sample_run("none", 3, {0.5, 0.6}),
                     sample_run("batch", 1, {0.7, 0.9}),
                     sample_run("batch", 2, {0.75, 0.95}),
                     sample_run("batch", 3, {0.6, 0.85}),
                     sample_run("layer", 1, {0.9, 0.85}),
                     diverged_run("layer", 2, {0.4}),
                     diverged_run("layer", 3)};
  for (Run& run : comparison.runs) {
    if (run.settings["norm"] != "batch") continue;
    for (EpochResult& epoch : run.epochs) epoch.images_per_second = 480;
  }
  return comparison;
}

}  // namespace keel::testing
