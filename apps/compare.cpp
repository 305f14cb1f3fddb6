#include "apps/compare.h"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <optional>

#include <fmt/format.h>

#include <keel/core/error.h>
#include <keel/core/file.h>
#include <keel/data/known_sets.h>
#include <keel/version.h>

#include "apps/compare_table.h"
#include "apps/comparison_console.h"
#include "apps/config_changes.h"
#include "apps/environment.h"
#include "apps/exit_code.h"
#include "apps/finding.h"
#include "apps/interrupt.h"
#include "apps/load_data.h"
#include "apps/report.h"
#include "apps/results_csv.h"
#include "apps/run_directory.h"
#include "apps/train.h"

namespace keel {
namespace {

namespace fs = std::filesystem;

fs::path default_out(const TrainConfig& config) {
  return fs::path("comparisons") / fmt::format("{}-{}", data_label(config), config.model);
}

// The data set of each run. It is loaded once, but for a folder of images that the seed splits into
// training and test images: `keel train` with that seed has to find the same ones.
class RunData {
 public:
  const DatasetSplits& of(const TrainConfig& config) {
    const bool split_by_seed = find_known_set(config.data) == nullptr;
    if (!data_ || (split_by_seed && config.seed != seed_)) {
      data_.reset();
      skipped.clear();
      data_ = load_data(config, &skipped);
      seed_ = config.seed;
    }
    return *data_;
  }

  std::vector<std::string> skipped;  ///< images that --skip-bad-images left out

 private:
  std::optional<DatasetSplits> data_;
  std::uint64_t seed_ = 0;
};

class ComparisonRunner {
 public:
  explicit ComparisonRunner(const CompareCommand& command)
      : command_(command),
        plan_(plan_runs(command)),
        out_(command.out.empty() ? default_out(command.base) : fs::path(command.out)),
        console_(plan_, stderr_terminal(command.no_color), command.quiet) {}

  int run() {
    check_earlier_runs();
    set_up_kernels(command_.base);
    const DatasetSplits& data = data_.of(plan_.front().config);
    for (const std::string& reason : data_.skipped) console_.say("skipped: " + reason);
    describe_comparison(data);
    check_variants(data);
    console_.say(fmt::format("{}: {}", comparison_.dataset, comparison_.dataset_note));
    console_.say(version_text());
    if (command_.dry_run) return list_runs();

    write_files();  // where that fails, it is before the first run
    console_.say(fmt::format("{} runs of {} epochs with {}, writing to {}", plan_.size(),
                             command_.base.epochs, command_.base.model, out_.string()));
    const InterruptHandler interrupt;
    for (std::size_t i = 0; i < plan_.size(); ++i) {
      if (!train(i)) return stop();
    }
    write_files();
    tell_results();
    return kExitDone;
  }

 private:
  fs::path directory(const PlannedRun& planned) const { return out_ / "runs" / planned.id; }

  void check_earlier_runs() const {
    for (const PlannedRun& planned : plan_) {
      const fs::path path = directory(planned);
      if (!RunDirectory::exists(path)) continue;
      const auto changes = RunDirectory::open(path).changed_settings(planned.config);
      check(
          changes.empty(),
          "{} holds a run of an earlier comparison with other settings: {}. Choose another --out, "
          "or remove {} to begin anew",
          path.string(), describe(changes), out_.string());
    }
  }

  void describe_comparison(const DatasetSplits& data) {
    comparison_.title = fmt::format("Normalisation on {}", data.train.name);
    comparison_.dataset = data.train.name;
    comparison_.dataset_note = describe_images(data);
    comparison_.model = command_.base.model;
    if (command_.base.target_accuracy > 0) {
      comparison_.target_accuracy = command_.base.target_accuracy;
    }
    comparison_.created = utc_now();
    comparison_.keel_version = KEEL_VERSION;
    comparison_.command = command_.command_line;
    comparison_.environment = environment_json();
    for (const char* told_already : {"time", "keel"}) comparison_.environment.erase(told_already);
    for (const PlannedRun& planned : plan_) comparison_.runs.push_back(as_found(planned));
  }

  // The run as its folder has it.
  Run as_found(const PlannedRun& planned) const {
    Run run = read_run(directory(planned));
    run.id = planned.id;
    run.norm = planned.config.norm;
    run.lr = planned.config.lr;
    run.batch_size = planned.config.batch_size;
    run.seed = planned.config.seed;
    run.directory = (fs::path("runs") / planned.id).generic_string();
    run.command = train_command_line(planned.config);
    return run;
  }

  // What cannot be trained is told now, and not after the runs before it.
  void check_variants(const DatasetSplits& data) {
    std::map<std::string, std::int64_t> parameters;
    for (const PlannedRun& planned : plan_) {
      if (planned.config.seed != command_.base.seed) break;
      const Trainer trainer(planned.config, data);
      parameters[planned.config.norm] = parameter_count(trainer.model());
    }
    for (Run& run : comparison_.runs) run.parameters = parameters.at(run.norm);
  }

  // False when it was interrupted.
  bool train(std::size_t i) {
    const PlannedRun& planned = plan_[i];
    Run& run = comparison_.runs[i];
    if (run.status == RunStatus::kCompleted || run.status == RunStatus::kDiverged) {
      console_.end(i, run, "done before");
      return true;
    }
    if (interrupted()) return false;
    run.status = RunStatus::kRunning;
    write_files();
    const fs::path path = directory(planned);
    console_.begin(i, run);
    try {
      Trainer trainer(planned.config, data_.of(planned.config));
      train_in_directory(trainer, path, RunDirectory::exists(path), console_);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kDiverged) throw;
    }
    run = as_found(planned);
    if (run.status == RunStatus::kInterrupted) return false;
    console_.end(i, run);
    return true;
  }

  int stop() {
    write_files();
    console_.say(
        fmt::format("interrupted and saved; the same command goes on: {}", command_.command_line));
    return kExitInterrupted;
  }

  void write_files() const {
    make_folder(out_);
    write_results(comparison_, out_ / "results.json");
    write_results_csv(comparison_, out_ / "results.csv");
    write_report(comparison_, out_ / "report.html");
  }

  void tell_results() const {
    if (command_.quiet) return;
    const Finding finding = find(comparison_, summarize_variants(comparison_));
    std::cout << '\n'
              << compare_table(comparison_, {.unicode = has_unicode_locale()}) << '\n'
              << finding.headline << '\n'
              << "report: " << (out_ / "report.html").string() << '\n';
  }

  int list_runs() {
    for (const Run& run : comparison_.runs) {
      std::cout << run.id << " (" << run_status_name(run.status) << ")\n  " << run.command << '\n';
    }
    console_.say(fmt::format("dry run: {} runs for {}; nothing was trained or written",
                             plan_.size(), out_.string()));
    return kExitDone;
  }

  const CompareCommand& command_;
  const std::vector<PlannedRun> plan_;
  const fs::path out_;
  ComparisonConsole console_;
  RunData data_;
  Comparison comparison_;
};

}  // namespace

int run_compare(const CompareCommand& command) {
  return ComparisonRunner(command).run();
}

}  // namespace keel
