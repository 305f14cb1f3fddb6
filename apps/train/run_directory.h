#pragma once
// The files of one training run.

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "apps/diagnostics/probe.h"
#include "apps/train/checkpoint.h"
#include "apps/train/config_changes.h"
#include "apps/train/run.h"
#include "apps/train/train_config.h"

namespace keel {

/// config.toml, environment.json, log.jsonl, metrics.csv and the checkpoints, in one folder. A
/// crash at any moment leaves each file whole, except for the last line of the log, which open()
/// then drops.
class RunDirectory {
 public:
  /// Whether the folder holds a run, begun or ended.
  static bool exists(const std::filesystem::path& path);
  /// Makes the folder and writes config.toml, with absolute paths, and environment.json.
  /// Throws Error when it holds a run already: --resume goes on with that one.
  static RunDirectory create(const std::filesystem::path& path, const TrainConfig& config);
  /// Opens the folder of an earlier run. Throws Error(kData) when it is not one.
  static RunDirectory open(const std::filesystem::path& path);

  TrainConfig config() const;
  /// What `now` asks for instead, as far as the results depend on it: not the threads, the workers,
  /// and how often the run is logged and saved.
  std::vector<SettingChange> changed_settings(const TrainConfig& now) const;
  /// Whether there is a checkpoint, and the log does not tell of all that came before it: lines at
  /// its end, or all of it, were lost. Such a run has to start anew.
  bool lost_log() const;
  /// Forgets what was logged after the step of the checkpoint that the run goes on from, and
  /// removes the temporary files of a process that was killed while it wrote.
  void rewind(std::int64_t step);

  /// Adds a line to log.jsonl.
  void log(const nlohmann::ordered_json& event);
  /// Adds the epoch to log.jsonl and to metrics.csv; to the log alone the part of its training time
  /// that was spent waiting for data, `data_wait_share`.
  void log_epoch(const EpochResult& result, double wait_share);
  /// Adds what diagnostics measured to log.jsonl, as docs/diagnostics.md tells.
  void log_probe(const Probe& probe);
  /// Adds an evaluation within an epoch to log.jsonl.
  void log_evaluation(const EvaluationResult& result);
  /// To be called before a checkpoint is written: adds one that is within an epoch to log.jsonl,
  /// and sees to it that the log is on the disk.
  void log_checkpoint(const Progress& progress, double seconds);
  const std::vector<EpochResult>& epochs() const { return epochs_; }
  /// Of training, spent until the step of the last rewind().
  double seconds() const { return seconds_; }

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path last() const { return path_ / "last.safetensors"; }
  std::filesystem::path best() const { return path_ / "best.safetensors"; }
  std::filesystem::path initial() const { return path_ / "initial.safetensors"; }

 private:
  explicit RunDirectory(std::filesystem::path path) : path_(std::move(path)) {}
  bool log_reaches(const Progress& progress) const;
  void write_metrics() const;

  std::filesystem::path path_;
  std::vector<EpochResult> epochs_;
  double seconds_ = 0;
};

/// What the names of its files call the configuration's data: a known set, or a folder's own name.
std::string data_label(const TrainConfig& config);

/// runs/<data>-<model>-<norm>-seed<seed>, with -2, -3, ... behind it while that is taken.
std::filesystem::path default_run_path(const TrainConfig& config);

/// What a run's log tells: its status, size, memory, epochs, logged steps, probes and divergence.
/// The rest is left empty; all of it is when there is no log. A run whose log has not each epoch
/// until its end counts as interrupted.
Run read_run(const std::filesystem::path& path);

}  // namespace keel
