#include "apps/diagnostics/diagnostics.h"

#include <keel/core/error.h>
#include <keel/core/file.h>
#include <keel/core/parallel.h>

#include "apps/train/run.h"
#include "apps/train/run_directory.h"
#include "apps/train/train.h"
#include "apps/train/trainer.h"
#include "tests/apps/tiny_training.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test.h"
#include "tests/support/thread_count.h"
#include "tests/support/training_log.h"

using namespace keel;
using namespace keel::testing;

namespace {

struct Recorder : TrainObserver {
  explicit Recorder(std::int64_t last_step = 0) : ends_after(last_step) {}
  void on_step(const StepReport& report) override {
    losses.push_back(report.loss);
    if (report.progress.step == ends_after) throw Error("killed");
  }
  void on_probe(const Probe& probe) override { probes.push_back(probe); }

  std::int64_t ends_after;
  std::vector<double> losses;
  std::vector<Probe> probes;
};

// The bytes of the last checkpoint, which holds weights, buffers, optimiser and progress.
std::string final_state(TrainConfig config, bool diagnostics) {
  config.diagnostics = diagnostics;
  const TempFolder folder;
  Trainer trainer(config, tiny_digits());
  Recorder recorder;
  trainer.run(recorder);
  CHECK(recorder.probes.empty() != diagnostics);
  trainer.save_checkpoint(folder.path() / "last.safetensors");
  return read_file(folder.path() / "last.safetensors");
}

TrainConfig probed(TrainConfig config = tiny_config(), std::int64_t every = 4) {
  config.diagnostics = true;
  config.probe_every = every;
  return config;
}

std::vector<Probe> probes_of(const TrainConfig& config) {
  Trainer trainer(config, tiny_digits());
  Recorder recorder;
  trainer.run(recorder);
  return recorder.probes;
}

}  // namespace

TEST_CASE("diagnostics: a run with them ends with the same bits as one without") {
  TrainConfig config = tiny_config();
  config.probe_every = 4;
  config.dropout = 0.2;
  for (const std::string norm :
       {"none", "batch", "batch:momentum=none", "noisy", "renorm:warmup=2", "ghost:8", "bcn+sn",
        "switchable", "evonorm-b0", "instance:tracked", "l1"}) {
    config.norm = norm;
    INFO(norm);
    CHECK((final_state(config, true) == final_state(config, false)));
  }
  const ThreadCount restored;
  for (TrainConfig stateful : stateful_configs()) {
    stateful.probe_every = 3;
    for (const int threads : {1, 2}) {
      set_num_threads(threads);
      CHECK((final_state(stateful, true) == final_state(stateful, false)));
    }
  }
}

TEST_CASE("diagnostics: the first step is probed, and every N-th, with its own loss") {
  TrainConfig config = probed();
  config.dropout = 0.3;
  config.label_smoothing = 0.1;
  for (const std::string norm : {"batch", "noisy"}) {
    config.norm = norm;
    Trainer trainer(config, tiny_digits());
    Recorder recorder;
    trainer.run(recorder);
    REQUIRE(recorder.probes.size() == 3);
    for (const auto& [probe, step] : {std::pair(0, 1), {1, 4}, {2, 8}}) {
      const Probe& found = recorder.probes[static_cast<std::size_t>(probe)];
      CHECK(found.step == step);
      CHECK(found.landscape.loss == recorder.losses[static_cast<std::size_t>(step) - 1]);
    }
  }
}

TEST_CASE("diagnostics: the update of plain descent is the learning rate times the gradient") {
  TrainConfig config = probed();
  config.momentum = 0;
  config.schedule = "constant";
  const std::vector<Probe> probes = probes_of(config);
  double sum = 0;
  REQUIRE(probes.at(1).updates.size() == 7);
  for (const LayerUpdate& update : probes[1].updates) {
    CHECK(update.update_ratio ==
          Approx(config.lr * update.gradient_norm / update.weight_norm).epsilon(1e-3));
    sum += update.gradient_norm * update.gradient_norm;
  }
  CHECK(std::sqrt(sum) == Approx(probes[1].landscape.gradient_norm));

  config.clip_norm = 1e-3;  // of the step, not of what is measured before it
  const std::vector<Probe> clipped = probes_of(config);
  CHECK(clipped[0].landscape == probes[0].landscape);
  CHECK(clipped[0].updates[0].gradient_norm == probes[0].updates[0].gradient_norm);
  CHECK(clipped[0].updates[0].update_ratio < 0.1 * probes[0].updates[0].update_ratio);
}

TEST_CASE("diagnostics: a probe tells of every measure") {
  const Probe probe = probes_of(probed()).at(2);
  CHECK(probe.lr > 0);
  CHECK(probe.landscape.by_rate.points.size() == 5);
  CHECK(probe.landscape.by_rate.points[1].step == probe.lr);
  CHECK(probe.landscape.by_step.points.size() == 4);
  CHECK(probe.covariate_shift.size() == 4);
  CHECK(probe.activity.size() == 6);
  REQUIRE(probe.statistics_gap.size() == 2);
  CHECK(probe.statistics_gap[0].layer == "features.1");
  CHECK(probe.accuracy.has_value());
  double shares = 0;
  for (const OpTime& time : probe.time) shares += time.share;
  CHECK(shares == Approx(1));
  CHECK(std::is_sorted(probe.time.begin(), probe.time.end(), [](const auto& a, const auto& b) {
    return a.milliseconds > b.milliseconds;
  }));
}

TEST_CASE("diagnostics: probes are the same for any number of threads") {
  const ThreadCount restored;
  const auto probe = [](int threads) {
    set_num_threads(threads);
    Probe found = probes_of(probed()).at(2);
    found.time.clear();
    return found;
  };
  CHECK(probe(1) == probe(3));
}

TEST_CASE("diagnostics: a run that is killed and resumed has the log of one that was not") {
  const TempFolder folder;
  TrainConfig config = probed(stateful_configs()[0], 2);  // saves every second step
  const auto run = [&](const std::string& name, std::int64_t ends_after, bool resume) {
    Trainer trainer(config, tiny_digits());
    Recorder recorder(ends_after);
    train_in_directory(trainer, folder.path() / name, resume, recorder);
  };
  run("whole", 0, false);
  CHECK_THROWS_WITH(run("killed", 7, false), ContainsSubstring("killed"));
  run("killed", 0, true);
  CHECK(without_times(events_of(folder.path() / "killed")) ==
        without_times(events_of(folder.path() / "whole")));
  const std::vector<Probe> probes = read_run(folder.path() / "killed").probes;
  REQUIRE(probes.size() == 6);
  for (std::size_t i = 0; i < 6; ++i) {
    CHECK(probes[i].step == (i == 0 ? 1 : 2 * static_cast<std::int64_t>(i)));
  }
}

TEST_CASE("diagnostics: they are settings of the run") {
  const TempFolder folder;
  const RunDirectory run = RunDirectory::create(folder.path() / "run", probed());
  CHECK(run.changed_settings(probed()).empty());
  CHECK(run.changed_settings(probed(tiny_config(), 5)).size() == 1);
  CHECK(run.changed_settings(tiny_config()).size() == 2);
}
