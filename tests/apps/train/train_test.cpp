#include "apps/train/train.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <sys/syscall.h>
#include <unistd.h>

#include <keel/core/error.h>
#include <keel/core/file.h>

#include "apps/evaluation/divergence.h"
#include "apps/evaluation/evaluate.h"
#include "apps/exit_code.h"
#include "apps/train/environment.h"
#include "apps/train/run_directory.h"
#include "tests/apps/tiny_training.h"
#include "tests/support/captured_output.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test.h"
#include "tests/support/training_log.h"

namespace fs = std::filesystem;

namespace {
std::vector<std::string> flushed;  // the names of the files that were, in order
}

// In the place of the system's function.
extern "C" int fsync(int descriptor) {
  const fs::path file = fs::read_symlink("/proc/self/fd/" + std::to_string(descriptor));
  flushed.push_back(file.filename().string());
  return static_cast<int>(::syscall(SYS_fsync, descriptor));
}

using keel::TrainCommand;
using keel::TrainConfig;
using keel::TrainOutcome;
using keel::testing::CapturedOutput;
using keel::testing::events_of;
using keel::testing::metrics_without_times;
using keel::testing::stateful_configs;
using keel::testing::TempFolder;
using keel::testing::tiny_config;
using keel::testing::tiny_digits;
using keel::testing::without_times;

namespace {

struct Killed {};

// Ends the run like a crash would, at one of the moments between two files.
class Killer : public keel::TrainObserver {
 public:
  Killer(std::int64_t at_step, std::int64_t at_epoch, int at_checkpoint)
      : step_(at_step), epoch_(at_epoch), checkpoint_(at_checkpoint) {}
  void on_step(const keel::StepReport& report) override { kill(report.progress.step == step_); }
  void on_epoch(const keel::EpochReport& report) override { kill(report.result.epoch == epoch_); }
  void on_checkpoint(double) override { kill(++checkpoints_ == checkpoint_); }

 private:
  static void kill(bool now) {
    if (now) throw Killed{};
  }
  std::int64_t step_, epoch_;
  int checkpoint_, checkpoints_ = 0;
};

TrainOutcome train(const TrainConfig& config, const fs::path& run, bool resume,
                   keel::TrainObserver& watcher) {
  keel::Trainer trainer(config, tiny_digits());
  return train_in_directory(trainer, run, resume, watcher);
}

TrainOutcome train(const TrainConfig& config, const fs::path& run, bool resume = false) {
  keel::TrainObserver nobody;
  return train(config, run, resume, nobody);
}

void check_same_run(const fs::path& run, const fs::path& expected) {
  for (const char* name : {"last.safetensors", "best.safetensors", "config.toml"}) {
    INFO(name);
    CHECK((keel::read_file(run / name) == keel::read_file(expected / name)));
  }
  CHECK(without_times(events_of(run)) == without_times(events_of(expected)));
  CHECK(metrics_without_times(run) == metrics_without_times(expected));
}

struct Result {
  int code;
  std::string err;
};
Result called(const TrainCommand& command) {
  const CapturedOutput output;
  const int code = keel::run_train(command);
  CHECK(output.out().empty());
  return {code, output.err()};
}

std::string complaint(const TrainCommand& command, keel::ErrorKind kind) {
  try {
    called(command);
  } catch (const keel::Error& error) {
    CHECK(error.kind() == kind);
    return error.what();
  }
  return "no error";
}

TrainCommand tiny_command() {
  TrainCommand command{.config = tiny_config()};
  command.config.limit_train = 70;
  command.config.limit_test = 40;
  return command;
}

}  // namespace

TEST_CASE("train: a run directory tells the whole story of the run") {
  const TempFolder folder;
  const fs::path run = folder.path() / "run";
  TrainConfig config = tiny_config();
  config.log_every = 2;
  config.save_initial = true;
  CHECK(train(config, run) == TrainOutcome::kCompleted);
  for (const char* name : {"config.toml", "environment.json", "log.jsonl", "metrics.csv",
                           "last.safetensors", "best.safetensors", "initial.safetensors"}) {
    CHECK(fs::exists(run / name));
  }
  const auto events = events_of(run);
  std::string order;
  for (const auto& event : events) {
    order +=
        event.at("event").get<std::string>() + std::to_string(event.at("step").get<int>()) + " ";
  }
  CHECK(order == "start0 step2 step4 epoch5 step6 step8 step10 epoch10 end10 ");
  CHECK(events.front().at("parameters") == 61728);
  CHECK(events.front().at("steps_per_epoch") == 5);
  const auto& epoch = events.at(3);
  CHECK(epoch.at("epoch") == 1);
  for (const char* share : {"train_accuracy", "test_accuracy", "data_wait_share"}) {
    CHECK(epoch.at(share) >= 0.0);
    CHECK(epoch.at(share) <= 1.0);
  }
  for (const char* positive : {"train_loss", "test_loss", "lr", "seconds", "images_per_second"}) {
    CHECK(epoch.at(positive) > 0.0);
  }
  CHECK(events.back().at("outcome") == "completed");
  CHECK(events.back().at("best_test_accuracy") ==
        std::max(epoch.at("test_accuracy"), events.at(7).at("test_accuracy")));
}

TEST_CASE(
    "train: without workers, a net that learns faster than its images are made waits for them") {
  const TempFolder folder;
  TrainConfig config = tiny_config();
  config.model = "mlp";
  config.augment = "standard";
  config.workers = 0;
  train(config, folder.path() / "run");
  CHECK(events_of(folder.path() / "run").at(1).at("data_wait_share") > 0);
}

TEST_CASE("train: the line of an epoch tells of waiting for data when it matters") {
  const keel::EpochResult result{.epoch = 2,
                                 .train_loss = 0.5,
                                 .train_accuracy = 0.75,
                                 .test_loss = 0.25,
                                 .test_accuracy = 0.875,
                                 .seconds = 30,
                                 .images_per_second = 4000};
  const std::string line =
      "epoch 2/5  train loss 0.5000, 75.00 %  test loss 0.2500, 87.50 % (best)  4,000 images/s  "
      "30.0 s";
  CHECK(keel::epoch_text({result, 0.029, true}, 5) == line);
  CHECK(keel::epoch_text({result, 0.125, true}, 5) ==
        line + "  12.50 % of the epoch waiting for data (--workers)");
}

TEST_CASE("train: initial, best and last checkpoint are of these moments") {
  const TempFolder folder;
  TrainConfig config = tiny_config();
  config.epochs = 4;
  config.save_initial = true;
  train(config, folder.path() / "run");
  const auto weights = [&](const char* name) {
    return keel::read_safetensors(folder.path() / "run" / name).tensors.at("features.0.weight");
  };
  const auto same = [](const keel::Tensor& a, const keel::Tensor& b) {
    return std::equal(a.values<float>().begin(), a.values<float>().end(),
                      b.values<float>().begin());
  };
  const keel::Trainer untrained(config, tiny_digits());
  untrained.save_model(folder.path() / "run" / "untrained");
  CHECK(same(weights("initial.safetensors"), weights("untrained")));
  CHECK(!same(weights("initial.safetensors"), weights("last.safetensors")));

  // The checkpoint of the last epoch that was better than all before it.
  const keel::Checkpoint best(folder.path() / "run" / "best.safetensors");
  const auto test = keel::evaluate(*best.model(), tiny_digits().test, best.spec().standardization);
  double accuracy = 0;
  for (const auto& epoch : keel::read_run(folder.path() / "run").epochs) {
    accuracy = std::max(accuracy, epoch.test_accuracy);
  }
  CHECK(test.accuracy() == accuracy);
}

TEST_CASE("train: steps are logged with the loss of their own batch") {
  const TempFolder folder;
  TrainConfig config = tiny_config();
  config.epochs = 1;
  config.log_every = 1;
  train(config, folder.path() / "run");
  const auto steps = keel::read_run(folder.path() / "run").steps;
  REQUIRE(steps.size() == 5);
  const auto epochs = keel::read_run(folder.path() / "run").epochs;
  double loss = 0, accuracy = 0;
  for (const keel::StepResult& step : steps) {
    const double images = step.step < 5 ? 16 : 6;
    loss += images * step.loss / 70;
    accuracy += images * step.accuracy / 70;
  }
  CHECK(epochs.at(0).train_loss == Approx(loss).epsilon(1e-12));
  CHECK(epochs.at(0).train_accuracy == Approx(accuracy).epsilon(1e-12));
  CHECK(steps[0].loss != steps[1].loss);
}

TEST_CASE("train: whatever moment a run is killed at, resumed it leaves the same files") {
  const TempFolder folder;
  TrainConfig config = stateful_configs()[0];
  config.log_every = 1;
  train(config, folder.path() / "expected");
  const auto check_killed = [&](const std::string& name, Killer killer) {
    INFO(name);
    const fs::path run = folder.path() / name;
    CHECK_THROWS_AS(train(config, run, false, killer), Killed);
    CHECK(train(config, run, true) == TrainOutcome::kCompleted);
    check_same_run(run, folder.path() / "expected");
  };
  for (const std::int64_t step : {1, 2, 5, 7, 10}) {
    check_killed("step" + std::to_string(step), {step, 0, 0});
  }
  for (const std::int64_t epoch : {1, 2}) {
    check_killed("epoch" + std::to_string(epoch), {0, epoch, 0});
  }
  for (const int checkpoint : {1, 2, 3, 6}) {
    check_killed("checkpoint" + std::to_string(checkpoint), {0, 0, checkpoint});
  }
}

TEST_CASE("train: a resumed run counts the seconds of its unfinished epoch") {
  const TempFolder folder;
  const fs::path run = folder.path() / "run";
  TrainConfig config = tiny_config();
  config.save_every = 2;
  Killer killer(5, 0, 0);
  CHECK_THROWS_AS(train(config, run, false, killer), Killed);
  auto checkpoint = events_of(run).back();
  CHECK(checkpoint.at("event") == "checkpoint");
  CHECK(checkpoint.at("step") == 4);
  CHECK(checkpoint.at("seconds") > 0.0);

  checkpoint["seconds"] = 1000;
  folder.write("run/log.jsonl", keel::read_file(run / "log.jsonl") + checkpoint.dump() + "\n");
  train(config, run, true);
  const auto epochs = keel::read_run(run).epochs;
  CHECK(epochs.at(0).seconds > 1000);
  CHECK(epochs.at(1).seconds > epochs.at(0).seconds);
}

TEST_CASE("train: a run that ended before its first checkpoint starts anew") {
  const TempFolder folder;
  const TrainConfig config = tiny_config();
  train(config, folder.path() / "expected");
  train(config, folder.path() / "run");
  fs::remove(folder.path() / "run" / "last.safetensors");
  CHECK(train(config, folder.path() / "run", true) == TrainOutcome::kCompleted);
  check_same_run(folder.path() / "run", folder.path() / "expected");
}

TEST_CASE("train: no checkpoint is on the disk before the log that tells of it") {
  const TempFolder folder;
  TrainConfig config = tiny_config();
  config.save_every = 2;
  flushed.clear();
  train(config, folder.path() / "run");
  std::string order;
  for (const std::string& file : flushed) {
    if (file == "log.jsonl") order += "log ";
    if (file.starts_with("last.safetensors")) order += "checkpoint ";
  }
  CHECK(order ==
        "log checkpoint log checkpoint log checkpoint log checkpoint log checkpoint log checkpoint "
        "log checkpoint ");
}

TEST_CASE("train: a run whose log was lost or cut starts anew, and says so") {
  const TempFolder folder;
  const fs::path run = folder.path() / "run";
  TrainConfig config = stateful_configs()[0];
  config.log_every = 1;
  train(config, folder.path() / "expected");
  const auto check_resumed = [&](const std::string& log, const std::string& beginning) {
    INFO(log);
    folder.write("run/log.jsonl", log);
    struct Beginning : keel::TrainObserver {
      void on_begin(const std::string& where) override { said = where; }
      std::string said;
    } watcher;
    CHECK(train(config, run, true, watcher) == TrainOutcome::kCompleted);
    CHECK_THAT(watcher.said, ContainsSubstring(beginning));
    check_same_run(run, folder.path() / "expected");
    CHECK(keel::read_run(run).status == keel::RunStatus::kCompleted);
  };
  const auto until = [](const std::string& log, const std::string& event) {
    return log.substr(0, log.find("{\"event\":\"" + event));
  };
  train(config, run);
  const std::string whole = keel::read_file(run / "log.jsonl");
  check_resumed("", "the log ends before the checkpoint in " + run.string() + ": starting anew");
  check_resumed(until(whole, "epoch"), "starting anew");
  check_resumed(whole.substr(0, whole.rfind("{\"event\":\"epoch")), "starting anew");
  check_resumed(whole.substr(whole.find('\n') + 1), "starting anew");
  check_resumed(until(whole, "end"), "going on");
  fs::remove(run / "log.jsonl");
  CHECK(train(config, run, true) == TrainOutcome::kCompleted);
  check_same_run(run, folder.path() / "expected");

  // Within an epoch it is the checkpoint's own line that counts.
  fs::remove_all(run);
  Killer killer(5, 0, 0);
  CHECK_THROWS_AS(train(config, run, false, killer), Killed);
  const std::string part = keel::read_file(run / "log.jsonl");
  const std::size_t checkpoint = part.rfind("{\"event\":\"checkpoint");
  check_resumed(part.substr(0, checkpoint), "starting anew");
  fs::remove_all(run);
  Killer again(5, 0, 0);
  CHECK_THROWS_AS(train(config, run, false, again), Killed);
  check_resumed(part.substr(0, part.find('\n', checkpoint) + 1), "going on");
}

TEST_CASE("train: a finished run that is resumed stays as it is") {
  const TempFolder folder;
  TrainConfig config = tiny_config();
  config.target_accuracy = 0.01;
  CHECK(train(config, folder.path() / "expected") == TrainOutcome::kTargetReached);
  fs::copy(folder.path() / "expected", folder.path() / "run");
  CHECK(train(config, folder.path() / "run", true) == TrainOutcome::kTargetReached);
  check_same_run(folder.path() / "run", folder.path() / "expected");
}

TEST_CASE("train: a damaged checkpoint is named when a run is resumed") {
  const TempFolder folder;
  const TrainConfig config = tiny_config();
  train(config, folder.path() / "run");
  const fs::path last = folder.path() / "run" / "last.safetensors";
  folder.write("run/last.safetensors", keel::read_file(last).substr(0, 5000));
  try {
    train(config, folder.path() / "run", true);
    FAIL("resumed from half a file");
  } catch (const keel::Error& error) {
    CHECK(error.kind() == keel::ErrorKind::kData);
    CHECK_THAT(error.what(), ContainsSubstring(last.string()));
  }
}

TEST_CASE("train: a run that diverges says where and keeps its last good checkpoint") {
  const TempFolder folder;
  const fs::path run = folder.path() / "run";
  TrainConfig config = tiny_config();
  config.norm = "none";
  config.lr = 1e20;
  std::string layer;
  try {
    train(config, run);
    FAIL("a learning rate of 1e20 did no harm");
  } catch (const keel::Diverged& error) {
    layer = error.layer();
  }
  const auto event = events_of(run).back();
  CHECK(event.at("event") == "diverged");
  CHECK(event.at("step") == 2);
  CHECK(event.at("layer") == layer);
  CHECK_NOTHROW(keel::Checkpoint(run / "last.safetensors").model());
}

TEST_CASE("train: the command tells what it does on standard error") {
  const TempFolder folder;
  TrainCommand command = tiny_command();
  command.run = (folder.path() / "run").string();
  const Result result = called(command);
  CHECK(result.code == keel::kExitDone);
  CHECK_THAT(result.err, ContainsSubstring("digits: 70 training and 40 test images of 28x28x1"));
  CHECK_THAT(result.err, ContainsSubstring("lenet5, normalisation batch: 61,728 parameters"));
  CHECK_THAT(result.err, ContainsSubstring(keel::version_text() + "\n"));
  CHECK_THAT(result.err, ContainsSubstring("writing to " + command.run + "\n"));
  CHECK_THAT(result.err, ContainsSubstring("epoch 2/2  train loss "));
  CHECK_THAT(result.err, ContainsSubstring("completed: test accuracy "));

  command.run = (folder.path() / "quiet").string();
  command.quiet = true;
  CHECK(called(command).err.empty());
  CHECK((keel::read_file(folder.path() / "quiet" / "last.safetensors") ==
         keel::read_file(folder.path() / "run" / "last.safetensors")));
}

TEST_CASE("train: a dry run writes nothing") {
  const TempFolder folder;
  TrainCommand command = tiny_command();
  command.run = (folder.path() / "run").string();
  command.dry_run = true;
  const Result result = called(command);
  CHECK(result.code == keel::kExitDone);
  CHECK_THAT(result.err, ContainsSubstring("2 epochs of 5 steps"));
  CHECK(fs::is_empty(folder.path()));
}

TEST_CASE("train: an earlier run is neither overwritten nor resumed with other settings") {
  const TempFolder folder;
  TrainCommand command = tiny_command();
  command.run = (folder.path() / "run").string();
  called(command);
  CHECK_THAT(complaint(command, keel::ErrorKind::kInvalid), ContainsSubstring("--resume"));

  command.resume = std::exchange(command.run, "");
  command.config.workers = 2;
  command.config.log_every = 3;
  command.config.save_every = 1;
  CHECK(called(command).code == keel::kExitDone);
  command.config.lr = 0.5;
  CHECK_THAT(complaint(command, keel::ErrorKind::kInvalid),
             ContainsSubstring("as it was configured"));
  command.resume = (folder.path() / "nowhere").string();
  CHECK_THAT(complaint(command, keel::ErrorKind::kData), ContainsSubstring("no run to resume"));
}

TEST_CASE("train: nothing is said to be written before the folder is there") {
  const TempFolder folder;
  TrainCommand command = tiny_command();
  command.run = (folder.path() / "run").string();
  called(command);
  const CapturedOutput output;
  CHECK_THROWS_WITH(keel::run_train(command), ContainsSubstring("holds a run already"));
  CHECK_THAT(output.err(), !ContainsSubstring("writing to"));
}

TEST_CASE("train: a resumed run tells whether it goes on or starts anew") {
  const TempFolder folder;
  TrainCommand command = tiny_command();
  command.run = (folder.path() / "run").string();
  called(command);
  command.resume = std::exchange(command.run, "");
  CHECK_THAT(called(command).err, ContainsSubstring("going on in " + command.resume + "\n"));
  fs::remove(fs::path(command.resume) / "last.safetensors");
  CHECK_THAT(called(command).err,
             ContainsSubstring("no checkpoint in " + command.resume + ": starting anew\n"));
}

TEST_CASE("train: images that were left out are named") {
  const TempFolder folder;
  for (const std::string path : {"a/1", "a/2", "a/3", "b/1", "b/2", "b/3"}) {
    folder.write("set/" + path + ".pgm", "P5 4 4 255\n0123456789" + path + "abc");
  }
  folder.write("set/a/broken.png", "not an image");
  TrainCommand command;
  command.config.data = (folder.path() / "set").string();
  command.config.model = "mlp";
  command.config.epochs = 1;
  command.config.skip_bad_images = true;
  command.run = (folder.path() / "run").string();
  const Result result = called(command);
  CHECK(result.code == keel::kExitDone);
  CHECK_THAT(result.err, ContainsSubstring("skipped: ") && ContainsSubstring("broken.png"));
  CHECK_THAT(result.err, ContainsSubstring("(1 skipped)"));
}
