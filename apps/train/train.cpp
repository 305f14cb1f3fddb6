#include "apps/train/train.h"

#include <cmath>
#include <iostream>
#include <optional>

#include <keel/core/error.h>
#include <keel/core/file.h>
#include <keel/core/storage.h>
#include <keel/version.h>

#include "apps/evaluation/divergence.h"
#include "apps/exit_code.h"
#include "apps/interrupt.h"
#include "apps/text/number_text.h"
#include "apps/text/terminal.h"
#include "apps/train/config_changes.h"
#include "apps/train/environment.h"
#include "apps/train/load_data.h"
#include "apps/train/run_directory.h"

namespace keel {
namespace {

namespace fs = std::filesystem;

// Writes a run's files, then passes each report on.
class FileWriter : public TrainObserver {
 public:
  FileWriter(RunDirectory& run, const Trainer& trainer, TrainObserver& next)
      : run_(run), trainer_(trainer), log_every_(trainer.config().log_every), next_(next) {}

  void on_step(const StepReport& report) override {
    const std::int64_t step = report.progress.step;
    if (log_every_ > 0 && step % log_every_ == 0) {
      run_.log({{"event", "step"},
                {"step", step},
                {"loss", report.loss},
                {"accuracy", report.accuracy},
                {"lr", report.lr}});
    }
    next_.on_step(report);
  }

  void on_probe(const Probe& probe) override {
    run_.log_probe(probe);
    next_.on_probe(probe);
  }

  void on_evaluation(const EvaluationResult& result) override {
    run_.log_evaluation(result);
    next_.on_evaluation(result);
  }

  void on_epoch(const EpochReport& report) override {
    run_.log_epoch(report.result, report.wait_share);
    if (report.best) trainer_.save_model(run_.best());
    next_.on_epoch(report);
  }

  void on_checkpoint(double seconds) override {
    run_.log_checkpoint(trainer_.progress(), seconds);
    trainer_.save_checkpoint(run_.last());
    next_.on_checkpoint(seconds);
  }

 private:
  RunDirectory& run_;
  const Trainer& trainer_;
  std::int64_t log_every_;
  TrainObserver& next_;
};

// What a person sees: a status line per step, a line per epoch.
class Console : public TrainObserver {
 public:
  Console(const TrainConfig& config, const Terminal& terminal, bool quiet)
      : epochs_(config.epochs), status_(std::cerr, terminal, quiet) {}

  void on_begin(const std::string& where) override { status_.print(where); }

  void on_step(const StepReport& r) override {
    if (!status_.due()) return;
    const double images_left =
        static_cast<double>(r.batches_per_epoch * epochs_ - r.progress.step) *
        (static_cast<double>(r.progress.seen) / static_cast<double>(r.progress.batch));
    // Short enough for the end of it to be seen on 80 columns.
    status_.show(fmt::format("epoch {}/{} step {}/{}  loss {:.3f}  {}  lr {}  {} img/s  {} left",
                             r.progress.epoch + 1, epochs_, r.progress.batch, r.batches_per_epoch,
                             r.progress.loss_sum / static_cast<double>(r.progress.seen),
                             percent_text(static_cast<double>(r.progress.correct) /
                                          static_cast<double>(r.progress.seen)),
                             significant_text(r.lr, 3), count_text(r.images_per_second),
                             duration_text(images_left / r.images_per_second)));
  }

  void on_epoch(const EpochReport& report) override { status_.print(epoch_text(report, epochs_)); }

  StatusLine& status() { return status_; }

 private:
  std::int64_t epochs_;
  StatusLine status_;
};

// A resumed run is the same run: only what its results do not depend on may change.
void check_resumable(const RunDirectory& run, const TrainConfig& now) {
  const std::vector<SettingChange> changes = run.changed_settings(now);
  check(changes.empty(),
        "--resume goes on with the run as it was configured, but {}: beside it only --threads, "
        "--workers, --log-every and --save-every may be given",
        describe(changes));
}

void log_end(RunDirectory& run, const Trainer& trainer, std::string_view outcome) {
  const Progress& progress = trainer.progress();
  run.log({{"event", "end"},
           {"outcome", outcome},
           {"step", progress.step},
           {"best_test_accuracy", progress.best_epoch > 0
                                      ? nlohmann::ordered_json(progress.best_accuracy)
                                      : nlohmann::ordered_json()},
           {"best_epoch", progress.best_epoch},
           {"peak_memory_bytes", process_peak_memory_bytes()},
           {"peak_tensor_bytes", memory_stats().peak}});
}

}  // namespace

std::string epoch_text(const EpochReport& report, std::int64_t epochs) {
  constexpr double kWorthTelling = 0.03;
  const EpochResult& r = report.result;
  return fmt::format(
      "epoch {}/{}  train loss {:.4f}, {}  test loss {:.4f}, {}{}  {} images/s  {}{}", r.epoch,
      epochs, r.train_loss, percent_text(r.train_accuracy), r.test_loss,
      percent_text(r.test_accuracy), report.best ? " (best)" : "", count_text(r.images_per_second),
      duration_text(r.seconds),
      report.wait_share < kWorthTelling
          ? ""
          : fmt::format("  {} of the epoch waiting for data (--workers)",
                        percent_text(report.wait_share)));
}

TrainOutcome train_in_directory(Trainer& trainer, const fs::path& directory, bool resume,
                                TrainObserver& watcher) {
  reset_peak_memory();
  if (!resume) make_folder(directory);
  const FolderLock lock(directory, "another folder");
  RunDirectory run =
      resume ? RunDirectory::open(directory) : RunDirectory::create(directory, trainer.config());
  const bool lost_log = resume && run.lost_log();
  if (resume && !lost_log && fs::exists(run.last())) {
    trainer.restore(Checkpoint(run.last()));
    run.rewind(trainer.progress().step);
    watcher.on_begin(fmt::format("going on in {}", directory.string()));
  } else {
    if (resume) run.rewind(-1);
    watcher.on_begin(
        resume ? fmt::format("{} in {}: starting anew",
                             lost_log ? "the log ends before the checkpoint" : "no checkpoint",
                             directory.string())
               : fmt::format("writing to {}", directory.string()));
    run.log({{"event", "start"},
             {"step", 0},
             {"time", utc_now()},
             {"keel", KEEL_VERSION},
             {"parameters", parameter_count(trainer.model())},
             {"steps_per_epoch", trainer.batches_per_epoch()}});
    if (trainer.config().save_initial) trainer.save_model(run.initial());
    run.log_checkpoint(trainer.progress(), 0);
    trainer.save_checkpoint(run.last());
  }
  FileWriter files(run, trainer, watcher);
  try {
    const TrainOutcome outcome = trainer.run(files, run.seconds());
    log_end(run, trainer, outcome_name(outcome));
    return outcome;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kDiverged) {
      nlohmann::ordered_json event{{"event", "diverged"}, {"step", trainer.progress().step + 1}};
      const auto* diverged = dynamic_cast<const Diverged*>(&error);
      event["layer"] = diverged != nullptr ? diverged->layer() : error.what();
      event["peak_tensor_bytes"] = memory_stats().peak;
      run.log(event);
    }
    throw;
  }
}

int run_train(const TrainCommand& command) {
  InterruptHandler interrupt;
  const bool resume = !command.resume.empty();
  const TrainConfig& config = command.config;
  if (resume) check_resumable(RunDirectory::open(command.resume), config);
  set_up_kernels(config);
  Console console(config, stderr_terminal(command.no_color), command.quiet);
  const auto say = [&](const std::string& line) { console.status().print(line); };

  std::vector<std::string> skipped;
  const DatasetSplits data = load_data(config, &skipped);
  for (const std::string& reason : skipped) say("skipped: " + reason);
  say(describe(data) + (skipped.empty() ? "" : fmt::format(" ({} skipped)", skipped.size())));
  say(version_text());
  Trainer trainer(config, data);
  say(fmt::format("{}, normalisation {}: {} parameters", config.model, config.norm,
                  count_text(static_cast<double>(parameter_count(trainer.model())))));
  if (command.dry_run) {
    say(fmt::format("dry run: {} epochs of {} steps; nothing was trained or written", config.epochs,
                    trainer.batches_per_epoch()));
    return kExitDone;
  }

  const fs::path directory = resume                ? fs::path(command.resume)
                             : command.run.empty() ? default_run_path(config)
                                                   : fs::path(command.run);
  interrupt.ask_first();
  const TrainOutcome outcome = train_in_directory(trainer, directory, resume, console);
  if (outcome == TrainOutcome::kInterrupted) {
    say(fmt::format("interrupted and saved; go on with: keel train --resume {}",
                    directory.string()));
    return kExitInterrupted;
  }
  say(fmt::format("{}: test accuracy {}, peak memory {}, results in {}", outcome_name(outcome),
                  percent_text(final_test_accuracy(read_run(directory))),
                  bytes_text(process_peak_memory_bytes()), directory.string()));
  return kExitDone;
}

}  // namespace keel
