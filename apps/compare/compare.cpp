#include "apps/compare/compare.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <map>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <keel/core/error.h>
#include <keel/core/file.h>
#include <keel/core/parallel.h>
#include <keel/core/precision.h>
#include <keel/version.h>

#include "apps/compare/comparison_console.h"
#include "apps/compare/earlier_runs.h"
#include "apps/compare/run_processes.h"
#include "apps/compare/trainable.h"
#include "apps/exit_code.h"
#include "apps/failure.h"
#include "apps/interrupt.h"
#include "apps/report/report.h"
#include "apps/results/axes.h"
#include "apps/results/finding.h"
#include "apps/results/results_csv.h"
#include "apps/results/table.h"
#include "apps/text/capitalized.h"
#include "apps/text/number_text.h"
#include "apps/text/throttle.h"
#include "apps/train/config_changes.h"
#include "apps/train/environment.h"
#include "apps/train/load_data.h"
#include "apps/train/run_data.h"
#include "apps/train/run_directory.h"
#include "apps/train/train.h"

namespace keel {
namespace {

namespace fs = std::filesystem;

fs::path default_out(const TrainConfig& config) {
  return fs::path("comparisons") / fmt::format("{}-{}", data_label(config), config.model);
}

constexpr const char* kOtherFolder = "another --out";

class ComparisonRunner {
 public:
  explicit ComparisonRunner(const CompareCommand& command)
      : command_(command),
        trainable_(trainable(plan_runs(command), data_)),
        out_(command.out.empty() ? default_out(trainable_.runs.front().config)
                                 : fs::path(command.out)),
        lock_(!command.dry_run && fs::is_directory(out_)
                  ? std::optional<FolderLock>(std::in_place, out_, kOtherFolder)
                  : std::optional<FolderLock>()),
        plan_(in_folder(trainable_.runs, command, out_)),
        console_(plan_, axis_names(command), stderr_terminal(command.no_color), command.quiet) {}

  const Comparison& comparison() const { return comparison_; }

  int run() {
    InterruptHandler interrupt;
    set_num_threads(threads_of_a_run());  // which is what the files are to say
    const DatasetSplits& data = data_.of(plan_.front().config);
    for (const std::string& reason : data_.skipped()) console_.say("skipped: " + reason);
    describe_comparison(data);
    console_.say(fmt::format("{}: {}", comparison_.dataset, comparison_.dataset_note));
    for (const std::string& runs : trainable_.left_out) console_.say(runs);
    if (const std::size_t others = finished_besides(plan_, out_); others > 0) {
      console_.say(fmt::format("results and report leave out {} of other values in {}",
                               counted_text(others, "finished run"), out_.string()));
    }
    console_.say(version_text());
    if (command_.dry_run) return list_runs();

    if (!lock_) {  // the folder is made once it is known that the variants can be trained
      make_folder(out_);
      lock_.emplace(out_, kOtherFolder);
    }
    write_files();  // where that fails, it is before the first run
    console_.say(fmt::format("{} of {} with {}, writing to {}", counted_text(plan_.size(), "run"),
                             epochs_text(plan_), model_text(plan_), out_.string()));
    interrupt.ask_first();
    const bool all_done = command_.jobs == 1 ? train_in_turn() : train_in_processes();
    if (!all_done) return stop();
    write_files();
    tell_results();
    tell_failures();
    return failures_.empty() ? kExitDone : failures_.front().second.exit_code;
  }

 private:
  fs::path directory(const PlannedRun& planned) const { return out_ / "runs" / planned.id; }

  void describe_comparison(const DatasetSplits& data) {
    comparison_.axes = axis_names(command_);
    comparison_.dataset = data.train.name;
    comparison_.dataset_note = describe_images(data);
    comparison_.classes = std::ssize(data.train.classes);
    comparison_.model = model_text(plan_);
    comparison_.lr_note = lr_note(command_);
    if (!trainable_.left_out.empty()) comparison_.left_out = trainable_.left_out;
    if (command_.base.target_accuracy > 0) {
      comparison_.target_accuracy = command_.base.target_accuracy;
    }
    comparison_.created = utc_now();
    comparison_.keel_version = KEEL_VERSION;
    comparison_.command = command_.command_line;
    comparison_.environment = environment_json();
    for (const char* told_already : {"time", "keel"}) comparison_.environment.erase(told_already);
    comparison_.environment["jobs"] = command_.jobs;
    for (const PlannedRun& planned : plan_) {
      Run& run = comparison_.runs.emplace_back(as_found(planned));
      run.parameters = trainable_.parameters.at(run.settings);
    }
    if (!command_.baseline.empty()) {
      const std::string main = axes_of(comparison_).main_axis().setting;
      comparison_.baseline = axis_value(main, command_.baseline);
    }
    const Axes axes = axes_of(comparison_);
    check(!comparison_.baseline || axes.baseline == *comparison_.baseline,
          "--baseline {}: expected one of the runs' values of {}: {}", command_.baseline,
          axis_title(axes.main_axis().setting), fmt::join(axes.main_axis().values, ", "));
    comparison_.title =
        fmt::format("{} on {}", capitalized(axis_title(axes.main_axis().setting)), data.train.name);
  }

  // The run as its folder has it; a log or settings that cannot be read make it a failed one.
  Run as_found(const PlannedRun& planned) const {
    Run run;
    try {
      run = read_run(directory(planned));
      if (RunDirectory::exists(directory(planned))) RunDirectory::open(directory(planned)).config();
    } catch (const Error& error) {
      run.status = RunStatus::kFailed;
      run.failure = error.what();
    }
    run.id = planned.id;
    run.settings = planned.settings;
    run.seed = planned.config.seed;
    run.directory = (fs::path("runs") / planned.id).generic_string();
    run.command = train_command_line(planned.config);
    return run;
  }

  // Looks at its folder again. Its log may not have its size yet.
  void look_at(std::size_t i) {
    Run& run = comparison_.runs[i];
    const std::int64_t parameters = run.parameters;
    run = as_found(plan_[i]);
    run.parameters = parameters;
  }

  // Whether there is something left to do for the run.
  bool begins(std::size_t i) {
    if (is_over(comparison_.runs[i].status)) {
      console_.end(i, comparison_.runs[i], "done before");
      return false;
    }
    try {
      tell_if_lost(i);
    } catch (const std::exception&) {
      fails(i, current_failure());
      return false;
    }
    is_running(i);
    write_files();
    return true;
  }

  void is_running(std::size_t i) {
    comparison_.runs[i].status = RunStatus::kRunning;
    comparison_.runs[i].failure.reset();  // of its last try
  }

  // Throws where its folder cannot be read.
  void tell_if_lost(std::size_t i) {
    const fs::path path = directory(plan_[i]);
    if (!RunDirectory::exists(path)) return;
    const RunDirectory run = RunDirectory::open(path);
    run.config();
    if (run.lost_log()) {
      console_.say(
          fmt::format("the log ends before the checkpoint in {}: starting anew", path.string()));
    }
  }

  // What its folder says when it has ended. False when it was interrupted.
  bool ends(std::size_t i) {
    look_at(i);
    if (!is_over(comparison_.runs[i].status)) return false;
    console_.end(i, comparison_.runs[i]);
    return true;
  }

  // The others go on.
  void fails(std::size_t i, const Failure& failure) {
    look_at(i);
    comparison_.runs[i].status = RunStatus::kFailed;
    comparison_.runs[i].failure = failure.message;
    console_.end(i, comparison_.runs[i]);
    failures_.emplace_back(i, failure);
  }

  // What the runs have reached, for those who watch the report.
  void refresh(const std::vector<std::size_t>& running) {
    refreshing_([&] {
      for (const std::size_t i : running) {
        look_at(i);
        is_running(i);
      }
      write_files();
    });
  }

  // Shows a run to whoever looks at the console or at the report.
  class Watcher : public TrainObserver {
   public:
    Watcher(ComparisonRunner& runner, std::size_t index) : runner_(runner), index_(index) {}
    void on_step(const StepReport& report) override { runner_.console_.on_step(report); }
    void on_evaluation(const EvaluationResult& result) override {
      runner_.console_.on_evaluation(result);
    }
    void on_epoch(const EpochReport& report) override {
      runner_.console_.on_epoch(report);
      runner_.refresh({index_});
    }

   private:
    ComparisonRunner& runner_;
    std::size_t index_;
  };

  // False when it was interrupted, as below.
  bool train_in_turn() {
    for (std::size_t i = 0; i < plan_.size(); ++i) {
      if (interrupted()) return false;
      if (!begins(i)) continue;
      const TrainConfig& config = plan_[i].config;
      set_precision(precision_named(config.precision));
      console_.begin(i, comparison_.runs[i]);
      try {
        Trainer trainer(config, data_.of(config));
        const fs::path path = directory(plan_[i]);
        Watcher watcher(*this, i);
        train_in_directory(trainer, path, RunDirectory::exists(path), watcher);
      } catch (const std::exception&) {
        const Failure failure = current_failure();
        if (failure.exit_code != kExitDiverged) {
          fails(i, failure);
          continue;
        }
      }
      if (!ends(i)) return false;
    }
    return true;
  }

  bool train_in_processes() {
    RunProcesses processes;
    std::size_t next = 0;
    bool stopped = false;
    do {
      while (!interrupted() && next < plan_.size() &&
             processes.running().size() < static_cast<std::size_t>(command_.jobs)) {
        if (begins(next)) processes.start(next, train_arguments(plan_[next]));
        ++next;
      }
      if (interrupted() && !stopped) {
        processes.stop();
        stopped = true;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      for (const RunProcesses::Ended& ended : processes.collect()) {
        const bool was_asked =
            ended.exit_code == kExitInterrupted ||
            (interrupted() && (ended.signal == SIGINT || ended.signal == SIGTERM));
        if (!ends(ended.index) && !was_asked) fails(ended.index, ended.failure());
      }
      if (!processes.running().empty()) refresh(processes.running());
      if (console_.due()) show_running(processes.running());
    } while (!processes.running().empty() || (!interrupted() && next < plan_.size()));
    const auto is_done = [](const Run& run) {
      return is_over(run.status) || run.status == RunStatus::kFailed;
    };
    return next == plan_.size() &&
           std::all_of(comparison_.runs.begin(), comparison_.runs.end(), is_done);
  }

  // Runs at the same time share the threads that one would have.
  int threads_of_a_run() const {
    const int threads = command_.base.threads > 0 ? command_.base.threads : num_threads();
    return std::max(1, threads / static_cast<int>(command_.jobs));
  }

  std::vector<std::string> train_arguments(const PlannedRun& planned) const {
    TrainConfig config = planned.config;
    config.threads = num_threads();
    const fs::path path = directory(planned);
    std::vector<std::string> arguments{"train", "--quiet"};
    if (RunDirectory::exists(path)) {
      arguments.insert(arguments.end(), {"--resume", path.string()});
      arguments.insert(arguments.end(), {"--threads", fmt::to_string(config.threads)});
    } else {
      const std::vector<std::string> flags = all_flags(config);
      arguments.insert(arguments.end(), flags.begin(), flags.end());
      arguments.insert(arguments.end(), {"--run", path.string()});
    }
    return arguments;
  }

  void show_running(const std::vector<std::size_t>& indices) {
    showing_([&] {
      std::vector<std::pair<std::size_t, Run>> runs;
      for (const std::size_t i : indices) runs.emplace_back(i, as_found(plan_[i]));
      console_.show(runs);
    });
  }

  int stop() {
    write_files();
    tell_failures();
    console_.say(
        fmt::format("interrupted and saved; the same command goes on: {}", command_.command_line));
    return kExitInterrupted;
  }

  void write_files() const {
    write_results(comparison_, out_ / "results.json");
    write_results_csv(comparison_, out_ / "results.csv");
    write_report(comparison_, out_ / "report.html");
  }

  void tell_results() const {
    if (command_.quiet) return;
    const Finding finding = find(comparison_, summarize_variants(comparison_));
    std::cout << '\n'
              << compare_table(comparison_, {has_unicode_locale(), stdout_width()}) << '\n'
              << finding.headline << '\n'
              << "report: " << (out_ / "report.html").string() << '\n';
  }

  void tell_failures() const {
    if (failures_.empty()) return;
    std::string text = fmt::format(
        "{} of {} runs failed; the same command tries them again, from the beginning where their "
        "folder in {} was removed",
        failures_.size(), plan_.size(), (out_ / "runs").string());
    for (const auto& [index, failure] : failures_) {
      text += fmt::format("\n  {}: {}", plan_[index].id, failure.message);
    }
    complain("error", text);
  }

  int list_runs() {
    for (const Run& run : comparison_.runs) {
      std::cout << run.id << " (" << run_status_name(run.status) << ")\n  " << run.command << '\n';
    }
    console_.say(fmt::format("dry run: {} for {}; nothing was trained or written",
                             counted_text(plan_.size(), "run"), out_.string()));
    return kExitDone;
  }

  const CompareCommand& command_;
  RunData data_;
  const TrainablePlan trainable_;
  const fs::path out_;
  std::optional<FolderLock> lock_;
  const std::vector<PlannedRun> plan_;
  ComparisonConsole console_;
  Comparison comparison_;
  std::vector<std::pair<std::size_t, Failure>> failures_;  // in the order in which they came
  Throttle refreshing_{std::chrono::seconds(1)}, showing_;
};

}  // namespace

int run_compare(const CompareCommand& command) {
  return compare_runs(command).exit_code;
}

CompareOutcome compare_runs(const CompareCommand& command) {
  ComparisonRunner runner(command);
  const int exit_code = runner.run();
  return {exit_code, runner.comparison()};
}

}  // namespace keel
