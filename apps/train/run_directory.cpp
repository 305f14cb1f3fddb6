#include "apps/train/run_directory.h"

#include <cmath>
#include <fstream>
#include <functional>
#include <sstream>
#include <string_view>

#include <keel/core/error.h>
#include <keel/core/file.h>
#include <keel/data/known_sets.h>
#include <keel/layers/norm_spec.h>

#include "apps/diagnostics/probe_fields.h"
#include "apps/text/json_fields.h"
#include "apps/train/config_file.h"
#include "apps/train/environment.h"

namespace keel {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

const char* const kConfig = "config.toml";
const char* const kLog = "log.jsonl";

// JSON has no NaN: what was not measured, or not finite, is null.
ordered_json number(double value) {
  return std::isfinite(value) ? ordered_json(value) : ordered_json();
}
double number_from(const ordered_json& event, const char* key) {
  const auto found = event.find(key);
  return found != event.end() && found->is_number() ? found->get<double>() : kNotMeasured;
}

EpochResult epoch_from(const ordered_json& event) {
  return {.epoch = json_field<std::int64_t>(event, "epoch"),
          .step = json_field<std::int64_t>(event, "step"),
          .train_loss = number_from(event, "train_loss"),
          .train_accuracy = number_from(event, "train_accuracy"),
          .test_loss = number_from(event, "test_loss"),
          .test_accuracy = number_from(event, "test_accuracy"),
          .lr = number_from(event, "lr"),
          .seconds = number_from(event, "seconds"),
          .images_per_second = number_from(event, "images_per_second")};
}

// Calls f(line, event) for each whole line of the log, not for a last one that a crash cut short.
void for_each_event(const fs::path& path,
                    const std::function<void(const std::string&, const ordered_json&)>& f) {
  if (!fs::exists(path)) return;
  std::istringstream lines(read_file(path));
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    const ordered_json event = ordered_json::parse(line, nullptr, false);
    if (event.is_discarded() && lines.peek() == std::istringstream::traits_type::eof()) return;
    try {
      check_data(event.is_object() && event.contains("event"),
                 "expected an event of a training log, found {}", short_text(line));
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
  return keel::changed_settings(before, with_absolute_paths(now));
}

bool RunDirectory::lost_log() const {
  return fs::exists(last()) && !log_reaches(Checkpoint(last()).progress());
}

bool RunDirectory::log_reaches(const Progress& progress) const {
  bool started = false, saved = progress.batch == 0;
  std::int64_t epochs = 0;
  for_each_event(path_ / kLog, [&](const std::string&, const ordered_json& event) {
    if (event.at("event") == "start") started = true;
    if (event.at("event") == "epoch" && epoch_from(event).epoch == epochs + 1) ++epochs;
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
    if (event.at("event") == "epoch") epochs_.push_back(epoch_from(event));
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

void RunDirectory::log_epoch(const EpochResult& r, double wait_share) {
  log({{"event", "epoch"},
       {"epoch", r.epoch},
       {"step", r.step},
       {"train_loss", number(r.train_loss)},
       {"train_accuracy", number(r.train_accuracy)},
       {"test_loss", number(r.test_loss)},
       {"test_accuracy", number(r.test_accuracy)},
       {"lr", number(r.lr)},
       {"seconds", number(r.seconds)},
       {"images_per_second", number(r.images_per_second)},
       {"data_wait_share", number(wait_share)}});
  epochs_.push_back(r);
  write_metrics();
}

void RunDirectory::log_probe(const Probe& probe) {
  ordered_json event{{"event", "probe"}};
  event.update(RecordWriter::object(probe));
  log(event);
}

void RunDirectory::log_evaluation(const EvaluationResult& r) {
  log({{"event", "eval"},
       {"step", r.step},
       {"test_loss", number(r.test_loss)},
       {"test_accuracy", number(r.test_accuracy)}});
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
      run.steps.push_back({.step = json_field<std::int64_t>(event, "step"),
                           .loss = number_from(event, "loss"),
                           .accuracy = number_from(event, "accuracy")});
    } else if (kind == "eval") {
      run.evaluations.push_back({.step = json_field<std::int64_t>(event, "step"),
                                 .test_loss = number_from(event, "test_loss"),
                                 .test_accuracy = number_from(event, "test_accuracy")});
    } else if (kind == "probe") {
      RecordReader::read(event, "probe", run.probes.emplace_back());
    } else if (kind == "epoch") {
      run.epochs.push_back(epoch_from(event));
    } else if (kind == "diverged") {
      run.status = RunStatus::kDiverged;
      run.diverged = {.step = json_field<std::int64_t>(event, "step"),
                      .layer = json_field<std::string>(event, "layer")};
    } else if (kind == "end") {
      const bool whole = json_field<std::string>(event, "outcome", "") != "interrupted" &&
                         reach(run.epochs, json_field<std::int64_t>(event, "step", 0));
      run.status = whole ? RunStatus::kCompleted : RunStatus::kInterrupted;
    }
    run.peak_memory_bytes = json_field(event, "peak_tensor_bytes", run.peak_memory_bytes);
  });
  return run;
}

}  // namespace keel
