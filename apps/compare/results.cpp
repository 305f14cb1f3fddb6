#include "apps/compare/results.h"

#include <array>
#include <utility>

#include <keel/core/error.h>
#include <keel/core/file.h>

#include "apps/diagnostics/probe_fields.h"

namespace keel {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kSchema = "keel-comparison";
constexpr std::int64_t kVersion = 2;

constexpr std::array<std::pair<RunStatus, std::string_view>, 6> kStatusNames{{
    {RunStatus::kPending, "pending"},
    {RunStatus::kRunning, "running"},
    {RunStatus::kInterrupted, "interrupted"},
    {RunStatus::kFailed, "failed"},
    {RunStatus::kDiverged, "diverged"},
    {RunStatus::kCompleted, "completed"},
}};

}  // namespace

static const auto& names_of(RunStatus) {
  return kStatusNames;
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
  field("peak_memory_bytes", run.peak_memory_bytes);
  field("diverged", run.diverged);
  field("failure", run.failure);
  field("epochs", run.epochs);
  field("steps", run.steps);
  field("evaluations", run.evaluations);
  field("probes", run.probes);
}

template <class Visitor>
void visit_record(Visitor& field, RecordOf<Comparison> auto& comparison) {
  field("title", comparison.title);
  field("dataset", comparison.dataset);
  field("dataset_note", comparison.dataset_note);
  field("classes", comparison.classes);
  field("model", comparison.model);
  field("lr_note", comparison.lr_note);
  field("axes", comparison.axes);
  field("baseline", comparison.baseline);
  field("target_accuracy", comparison.target_accuracy);
  field("created", comparison.created);
  field("keel_version", comparison.keel_version);
  field("command", comparison.command);
  field("environment", comparison.environment);
  field("runs", comparison.runs);
}

namespace {

// Each run has a value on each axis.
void check_settings(const Comparison& comparison, const std::string& file) {
  for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
    for (const std::string& axis : comparison.axes) {
      check_data(comparison.runs[i].settings.count(axis) > 0,
                 "{}.runs[{}].settings: expected a field \"{}\", found none", file, i, axis);
    }
  }
}

}  // namespace

std::string_view run_status_name(RunStatus status) {
  for (const auto& [value, name] : kStatusNames) {
    if (value == status) return name;
  }
  throw Error("run_status_name: expected a RunStatus");
}

double final_test_accuracy(const Run& run) {
  return run.epochs.empty() ? kNotMeasured : run.epochs.back().test_accuracy;
}

double final_test_loss(const Run& run) {
  return run.epochs.empty() ? kNotMeasured : run.epochs.back().test_loss;
}

void write_results(const Comparison& comparison, const std::filesystem::path& path) {
  Json document = {{"schema", kSchema}, {"version", kVersion}};
  document.update(RecordWriter::object(comparison));
  write_file_atomically(path, document.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
}

Comparison read_results(const std::filesystem::path& path) {
  Json document;
  try {
    document = Json::parse(read_file(path));
  } catch (const Json::parse_error& error) {
    throw Error(fmt::format("{}: not JSON at byte {}; write it anew with `keel compare`",
                            path.string(), error.byte),
                ErrorKind::kData);
  }
  const RecordReader reader(document, path.string());
  std::string schema;
  std::int64_t version = 0;
  reader("schema", schema);
  reader("version", version);
  check_data(schema == kSchema && version == kVersion,
             "{}: expected schema {} version {}, found {} version {}", path.string(), kSchema,
             kVersion, schema, version);
  Comparison comparison;
  visit_record(reader, comparison);
  check_settings(comparison, path.string());
  return comparison;
}

}  // namespace keel
