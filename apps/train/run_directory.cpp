#include "apps/train/run_directory.h"

#include <fstream>
#include <functional>
#include <sstream>
#include <string_view>

#include <keel/core/error.h>
#include <keel/core/file.h>
#include <keel/data/known_sets.h>
#include <keel/layers/norm_spec.h>

#include "apps/text/json_fields.h"
#include "apps/train/config_file.h"
#include "apps/train/environment.h"
#include "apps/train/resolved_settings.h"
#include "apps/train/run_fields.h"

namespace keel {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

const char* const kConfig = "config.toml";
const char* const kLog = "log.jsonl";

template <class Record>
ordered_json event_of(const char* kind, const Record& record) {
  ordered_json event{{"event", kind}};
  event.update(RecordWriter::object(record));
  return event;
}

template <class Record>
Record record_from(const ordered_json& event) {
  Record record;
  RecordReader::read(event, json_field<std::string>(event, "event"), record);
  return record;
}

// Calls f(line, event) for each whole line of the log, not for a last one that a crash cut short.
void for_each_event(const fs::path& path,
                    const std::function<void(const std::string&, const ordered_json&)>& f) {
  if (!fs::exists(path)) return;
  std::istringstream lines(read_file(path));
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    const bool last = lines.peek() == std::istringstream::traits_type::eof();
    if (last && !ordered_json::accept(line)) return;
    try {
      const ordered_json event = json_object(line);
      check_data(event.contains("event"), "expected an event of a training log");
      f(line, event);
    } catch (const Error& error) {
      throw Error(fmt::format("{}:{}: {}; without that line the log can be read", path.string(),
                              number, error.what()),
                  ErrorKind::kData);
    }
  }
}

// Whether each epoch is there until the one that ended with that step.
bool reach(const std::vector<EpochResult>& epochs, std::int64_t step) {
  for (std::size_t i = 0; i < epochs.size(); ++i) {
    if (epochs[i].epoch != static_cast<std::int64_t>(i) + 1) return false;
  }
  return !epochs.empty() && epochs.back().step == step;
}

// A configuration's relative paths may start from another folder when the run goes on.
TrainConfig with_absolute_paths(TrainConfig config) {
  if (!config.data_dir.empty()) config.data_dir = fs::absolute(config.data_dir).string();
  if (find_known_set(config.data) == nullptr) config.data = fs::absolute(config.data).string();
  return config;
}

}  // namespace

bool RunDirectory::exists(const fs::path& path) {
  return fs::exists(path / kConfig);
}

RunDirectory RunDirectory::create(const fs::path& path, const TrainConfig& config) {
  check(!exists(path), "{} holds a run already: go on with --resume {}, or choose another --run",
        path.string(), path.string());
  make_folder(path);
  RunDirectory run(path);
  write_file_atomically(path / "environment.json", environment_json().dump(2) + "\n");
  run.write_metrics();
  std::ofstream(path / kLog).close();
  write_file_atomically(path / kConfig, to_toml(with_absolute_paths(config)));
  return run;
}

RunDirectory RunDirectory::open(const fs::path& path) {
  check_data(exists(path), "{}: there is no run to resume (no config.toml in it)", path.string());
  return RunDirectory(path);
}

TrainConfig RunDirectory::config() const {
  TrainConfig config;
  apply_config_file(config, path_ / kConfig);
  return config;
}

std::vector<SettingChange> RunDirectory::changed_settings(const TrainConfig& now) const {
  TrainConfig before = config();
  before.threads = now.threads;
  before.workers = now.workers;
  before.log_every = now.log_every;
  before.save_every = now.save_every;
  const TrainConfig after = with_absolute_paths(now);
  if (keel::changed_settings(resolved(before), resolved(after)).empty()) return {};
  return keel::changed_settings(before, after);
}

bool RunDirectory::lost_log() const {
  return fs::exists(last()) && !log_reaches(Checkpoint(last()).progress());
}

bool RunDirectory::log_reaches(const Progress& progress) const {
  bool started = false, saved = progress.batch == 0;
  std::int64_t epochs = 0;
  for_each_event(path_ / kLog, [&](const std::string&, const ordered_json& event) {
    if (event.at("event") == "start") started = true;
    if (event.at("event") == "epoch" && record_from<EpochResult>(event).epoch == epochs + 1)
      ++epochs;
    if (event.at("event") == "checkpoint" &&
        json_field<std::int64_t>(event, "step") == progress.step) {
      saved = true;
    }
  });
  return started && saved && epochs >= progress.epoch;
}

void RunDirectory::rewind(std::int64_t step) {
  std::string kept;
  epochs_.clear();
  seconds_ = 0;
  for_each_event(path_ / kLog, [&](const std::string& line, const ordered_json& event) {
    if (event.at("event") == "end" || json_field<std::int64_t>(event, "step", 0) > step) return;
    kept += line + "\n";
    seconds_ = json_field(event, "seconds", seconds_);
    if (event.at("event") == "epoch") epochs_.push_back(record_from<EpochResult>(event));
  });
  write_file_atomically(path_ / kLog, kept);
  write_metrics();
  remove_temporary_files(path_);
}

void RunDirectory::log(const ordered_json& event) {
  std::ofstream out(path_ / kLog, std::ios::app);
  out << event.dump() << '\n';
  out.flush();
  check_data(out.good(), "{}: cannot be written", (path_ / kLog).string());
}

void RunDirectory::log_epoch(const EpochResult& result, double wait_share) {
  ordered_json event = event_of("epoch", result);
  event["data_wait_share"] = finite_or_null(wait_share);
  log(event);
  epochs_.push_back(result);
  write_metrics();
}

void RunDirectory::log_probe(const Probe& probe) {
  log(event_of("probe", probe));
}

void RunDirectory::log_evaluation(const EvaluationResult& result) {
  log(event_of("eval", result));
}

void RunDirectory::log_checkpoint(const Progress& progress, double seconds) {
  if (progress.batch > 0) {  // else the epoch's own line tells of it
    log({{"event", "checkpoint"}, {"step", progress.step}, {"seconds", seconds}});
  }
  flush_to_disk(path_ / kLog);
}

void RunDirectory::write_metrics() const {
  std::string csv =
      "epoch,step,train_loss,train_accuracy,test_loss,test_accuracy,lr,seconds,images_per_second\n";
  for (const EpochResult& r : epochs_) {
    csv +=
        fmt::format("{},{},{},{},{},{},{},{},{}\n", r.epoch, r.step, r.train_loss, r.train_accuracy,
                    r.test_loss, r.test_accuracy, r.lr, r.seconds, r.images_per_second);
  }
  write_file_atomically(path_ / "metrics.csv", csv);
}

std::string data_label(const TrainConfig& config) {
  const std::string name = folder_name(config.data);
  return name.empty() ? "images" : name;
}

fs::path default_run_path(const TrainConfig& config) {
  const std::string name = fmt::format("{}-{}-{}-seed{}", data_label(config), config.model,
                                       file_name_of(config.norm), config.seed);
  fs::path path = fs::path("runs") / name;
  for (int copy = 2; fs::exists(path); ++copy)
    path = fs::path("runs") / fmt::format("{}-{}", name, copy);
  return path;
}

Run read_run(const fs::path& path) {
  Run run;
  for_each_event(path / kLog, [&run](const std::string&, const ordered_json& event) {
    const std::string kind = json_field<std::string>(event, "event");
    if (kind == "start") {
      run.status = RunStatus::kInterrupted;  // unless a later line tells of its end
      run.parameters = json_field<std::int64_t>(event, "parameters", 0);
    } else if (kind == "step") {
      run.steps.push_back(record_from<StepResult>(event));
    } else if (kind == "eval") {
      run.evaluations.push_back(record_from<EvaluationResult>(event));
    } else if (kind == "probe") {
      run.probes.push_back(record_from<Probe>(event));
    } else if (kind == "epoch") {
      run.epochs.push_back(record_from<EpochResult>(event));
    } else if (kind == "diverged") {
      run.status = RunStatus::kDiverged;
      run.diverged = record_from<Divergence>(event);
    } else if (kind == "end") {
      const bool whole = json_field<std::string>(event, "outcome", "") != "interrupted" &&
                         reach(run.epochs, json_field<std::int64_t>(event, "step", 0));
      run.status = whole ? RunStatus::kCompleted : RunStatus::kInterrupted;
    }
    run.peak_tensor_bytes = json_field(event, "peak_tensor_bytes", run.peak_tensor_bytes);
  });
  return run;
}

}  // namespace keel
