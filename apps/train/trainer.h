#pragma once
// The training loop: data -> layers -> loss -> gradients -> optimiser.

#include <memory>
#include <optional>

#include <keel/data/loader.h>
#include <keel/optim/optimizer.h>
#include <keel/optim/schedule.h>

#include "apps/diagnostics/probe.h"
#include "apps/evaluation/evaluate.h"
#include "apps/train/checkpoint.h"
#include "apps/train/run.h"
#include "apps/train/train_config.h"

namespace keel {

struct PlannedStep;

/// One optimiser step, as it happens.
struct StepReport {
  const Progress& progress;  ///< after the step
  std::int64_t batches_per_epoch;
  double loss;      ///< of this single batch
  double accuracy;  ///< of this single batch
  double lr;
  double images_per_second;  ///< over the epoch so far
};

/// One epoch, evaluated.
struct EpochReport {
  const EpochResult& result;
  double wait_share;  ///< the part of its training time, 0 to 1, that was spent waiting for data
  bool best;          ///< the best test accuracy so far
};

/// What a run tells while it goes on. Each function may throw; nothing is reported twice.
class TrainObserver {
 public:
  virtual ~TrainObserver() = default;
  /// Where the run is written, in words, once its folder is ready and before the first step.
  virtual void on_begin(const std::string&) {}
  virtual void on_step(const StepReport&) {}
  /// With diagnostics, of the steps that they measure, before on_step.
  virtual void on_probe(const Probe&) {}
  /// Every eval_every steps, after on_step.
  virtual void on_evaluation(const EvaluationResult&) {}
  virtual void on_epoch(const EpochReport&) {}
  /// The moment to write a checkpoint: after on_epoch, and every save_every steps. `seconds` of
  /// training have been spent, evaluation not counted.
  virtual void on_checkpoint([[maybe_unused]] double seconds) {}
};

enum class TrainOutcome { kCompleted, kTargetReached, kOutOfPatience, kInterrupted };
std::string_view outcome_name(TrainOutcome outcome);

/// Trains one model on one data set. Everything it computes is a pure function of configuration and
/// data: the same for any number of threads and workers, and across a restore.
class Trainer {
 public:
  /// Keeps a reference to the data. Throws Error where configuration and data do not fit together.
  Trainer(const TrainConfig& config, const DatasetSplits& data);

  /// Goes on where a checkpoint of the same configuration and data stands. Throws Error(kData) when
  /// it is of others.
  void restore(const Checkpoint& checkpoint);

  /// Runs until the epochs are done, the target is reached, patience ends or interrupted() is true.
  /// `seconds` of training have been spent before (of a resumed run).
  /// Throws Diverged when a loss is not finite.
  TrainOutcome run(TrainObserver& observer, double seconds = 0);

  void save_checkpoint(const std::filesystem::path& path) const;
  void save_model(const std::filesystem::path& path) const;

  const TrainConfig& config() const { return config_; }
  const ModelSpec& spec() const { return spec_; }
  Module& model() const { return *model_; }
  const Progress& progress() const { return progress_; }
  std::int64_t batches_per_epoch() const { return loader_->batches_per_epoch(); }

 private:
  struct Step {
    double loss, accuracy, lr;
  };
  bool probes_next_step() const;
  PlannedStep planned_step(const Batch& batch) const;
  Step train_on(const Batch& batch);
  Evaluation evaluate_now();
  EpochResult finish_epoch(double seconds, double images_per_second);
  std::optional<TrainOutcome> ending() const;
  Mode training_mode() const;

  const TrainConfig config_;
  const DatasetSplits& data_;
  ModelSpec spec_;
  ModulePtr model_;
  std::unique_ptr<Loader> loader_;
  std::unique_ptr<Optimizer> optimizer_;
  std::vector<ParameterGroup> clipped_filters_;  // of adaptive clipping
  Schedule schedule_;
  Progress progress_;
};

}  // namespace keel
