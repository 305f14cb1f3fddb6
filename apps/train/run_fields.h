#pragma once
// The fields of a run as logs and results have them (apps/text/json_record.h).

#include <array>
#include <string_view>
#include <utility>

#include "apps/diagnostics/probe_fields.h"
#include "apps/train/run.h"

namespace keel {

inline constexpr std::array<std::pair<RunStatus, std::string_view>, 6> kRunStatusNames{{
    {RunStatus::kPending, "pending"},
    {RunStatus::kRunning, "running"},
    {RunStatus::kInterrupted, "interrupted"},
    {RunStatus::kFailed, "failed"},
    {RunStatus::kDiverged, "diverged"},
    {RunStatus::kCompleted, "completed"},
}};

inline const auto& names_of(RunStatus) {
  return kRunStatusNames;
}

template <class Visitor>
void visit_record(Visitor& field, RecordOf<EpochResult> auto& epoch) {
  field("epoch", epoch.epoch);
  field("step", epoch.step);
  field("train_loss", epoch.train_loss);
  field("train_accuracy", epoch.train_accuracy);
  field("test_loss", epoch.test_loss);
  field("test_accuracy", epoch.test_accuracy);
  field("lr", epoch.lr);
  field("seconds", epoch.seconds);
  field("images_per_second", epoch.images_per_second);
}

template <class Visitor>
void visit_record(Visitor& field, RecordOf<StepResult> auto& step) {
  field("step", step.step);
  field("loss", step.loss);
  field("accuracy", step.accuracy);
}

template <class Visitor>
void visit_record(Visitor& field, RecordOf<EvaluationResult> auto& evaluation) {
  field("step", evaluation.step);
  field("test_loss", evaluation.test_loss);
  field("test_accuracy", evaluation.test_accuracy);
}

template <class Visitor>
void visit_record(Visitor& field, RecordOf<Divergence> auto& divergence) {
  field("step", divergence.step);
  field("layer", divergence.layer);
}

template <class Visitor>
void visit_record(Visitor& field, RecordOf<Run> auto& run) {
  field("id", run.id);
  field("settings", run.settings);
  field("seed", run.seed);
  field("status", run.status);
  field("directory", run.directory);
  field("command", run.command);
  field("parameters", run.parameters);
  field("peak_tensor_bytes", run.peak_tensor_bytes);
  field("diverged", run.diverged);
  field("failure", run.failure);
  field("epochs", run.epochs);
  field("steps", run.steps);
  field("evaluations", run.evaluations);
  field("probes", run.probes);
}

}  // namespace keel
