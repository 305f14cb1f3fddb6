#pragma once
// The files of one training run.

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "apps/results.h"
#include "apps/train_config.h"

namespace keel {

/// config.toml, environment.json, log.jsonl, metrics.csv and the checkpoints, in one folder. A crash at
/// any moment leaves each file whole, except for the last line of the log, which open() then drops.
class RunDirectory {
 public:
  /// Makes the folder and writes config.toml and environment.json.
  /// Throws Error when it holds a run already: --resume goes on with that one.
  static RunDirectory create(const std::filesystem::path& path, const TrainConfig& config);
  /// Opens the folder of an earlier run. Throws Error(kData) when it is not one.
  static RunDirectory open(const std::filesystem::path& path);

  TrainConfig config() const;
  /// Forgets what was logged after the step of the checkpoint that the run goes on from.
  void rewind(std::int64_t step);

  /// Adds a line to log.jsonl.
  void log(const nlohmann::ordered_json& event);
  /// Adds the epoch to log.jsonl and to metrics.csv.
  void log_epoch(const EpochResult& result, double wait_seconds);
  const std::vector<EpochResult>& epochs() const { return epochs_; }

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path last() const { return path_ / "last.safetensors"; }
  std::filesystem::path best() const { return path_ / "best.safetensors"; }
  std::filesystem::path initial() const { return path_ / "initial.safetensors"; }

 private:
  explicit RunDirectory(std::filesystem::path path) : path_(std::move(path)) {}
  void write_metrics() const;

  std::filesystem::path path_;
  std::vector<EpochResult> epochs_;
};

/// runs/<data>-<model>-<norm>-seed<seed>, with -2, -3, ... behind it while that is taken.
std::filesystem::path default_run_path(const TrainConfig& config);

/// The epochs in a run's log, for a comparison. Empty when there is no log.
std::vector<EpochResult> read_epochs(const std::filesystem::path& run);
/// The logged steps (--log-every) in a run's log.
std::vector<StepResult> read_steps(const std::filesystem::path& run);

}  // namespace keel
