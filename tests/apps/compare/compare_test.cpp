#include "apps/compare/compare.h"

#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include <pthread.h>

#include <keel/core/error.h>
#include <keel/core/file.h>

#include "apps/exit_code.h"
#include "apps/results/results.h"
#include "apps/train/run_directory.h"
#include "tests/support/captured_output.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test.h"

namespace fs = std::filesystem;
using Catch::Matchers::EndsWith;
using keel::CompareCommand;
using keel::RunStatus;
using keel::testing::TempFolder;

namespace {

// Two normalisations and two seeds: four runs of a fraction of a second.
CompareCommand small_grid(const fs::path& out) {
  CompareCommand command;
  command.base.limit_train = 96;
  command.base.limit_test = 50;
  command.base.batch_size = 32;
  command.base.epochs = 2;
  command.axes = {{"norm", {"none", "batch"}}};
  command.seeds = 2;
  command.out = out.string();
  command.command_line = "keel compare";
  return command;
}

struct Result {
  int code;
  std::string out, err;
};

Result compare(const CompareCommand& command) {
  const keel::testing::CapturedOutput output;
  const int code = keel::run_compare(command);
  return {code, output.out(), output.err()};
}

std::string complaint(const CompareCommand& command) {
  try {
    compare(command);
  } catch (const keel::Error& error) {
    CHECK(error.kind() == keel::ErrorKind::kInvalid);
    return error.what();
  }
  return "no error";
}

// Every file of the runs with its content.
std::map<fs::path, std::string> run_files(const fs::path& out) {
  std::map<fs::path, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(out / "runs")) {
    if (entry.is_regular_file()) files[entry.path()] = keel::read_file(entry.path());
  }
  return files;
}

// What two comparisons of the same grid share.
keel::Comparison without_times(const fs::path& out) {
  keel::Comparison comparison = keel::read_results(out / "results.json");
  comparison.created.clear();
  for (keel::Run& run : comparison.runs) {
    run.peak_tensor_bytes = 0;
    for (keel::EpochResult& epoch : run.epochs) epoch.seconds = epoch.images_per_second = 0;
  }
  return comparison;
}

// Sends Ctrl-C to this thread as soon as a file is there.
class InterruptWhen {
 public:
  explicit InterruptWhen(fs::path file)
      : watcher_([this, file = std::move(file), thread = ::pthread_self()] {
          while (!fs::exists(file) && !given_up_) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
          }
          if (!given_up_) ::pthread_kill(thread, SIGINT);
        }) {}
  ~InterruptWhen() {
    given_up_ = true;
    watcher_.join();
  }

 private:
  std::atomic<bool> given_up_{false};
  std::thread watcher_;
};

}  // namespace

TEST_CASE("compare: every run of the grid is trained, tabled and reported") {
  const TempFolder folder;
  CompareCommand command = small_grid(folder.path() / "out");
  command.base.target_accuracy = 0.01;  // reached at once, which must not stop a run
  command.base.log_every = 2;
  const Result result = compare(command);
  CHECK(result.code == keel::kExitDone);
  CHECK_THAT(result.out, ContainsSubstring("none"));
  CHECK_THAT(result.out, ContainsSubstring("steps to 1 %"));
  CHECK_THAT(result.out, ContainsSubstring("report.html"));
  CHECK_THAT(result.err, ContainsSubstring("[4/4]  batch  seed 2  test accuracy"));

  const keel::Comparison comparison = keel::read_results(folder.path() / "out" / "results.json");
  CHECK(comparison.dataset == "digits");
  CHECK(comparison.model == "convnet");
  CHECK(comparison.target_accuracy == 0.01);
  CHECK_THAT(comparison.dataset_note, ContainsSubstring("96 training and 50 test images"));
  REQUIRE(comparison.runs.size() == 4);
  for (const keel::Run& run : comparison.runs) {
    INFO(run.id);
    CHECK(run.status == RunStatus::kCompleted);
    CHECK(run.epochs.size() == 2);
    CHECK(run.epochs.back().step == 6);
    CHECK(run.steps.size() == 3);
    CHECK(run.parameters > 10'000);
    CHECK(run.peak_tensor_bytes > 1'000'000);
    CHECK(fs::exists(folder.path() / "out" / run.directory / "last.safetensors"));
  }
  CHECK(comparison.runs[0].id == "none-lr0.05-batch32-seed1");
  CHECK(comparison.runs[1].id == "batch-lr0.05-batch32-seed1");
  CHECK(comparison.runs[3].command ==
        "keel train --limit-train 96 --limit-test 50 --epochs 2 --batch-size 32 --seed 2 "
        "--log-every 2");
  CHECK_THAT(keel::read_file(folder.path() / "out" / "results.csv"),
             ContainsSubstring("batch-lr0.05-batch32-seed2"));
  CHECK_THAT(keel::read_file(folder.path() / "out" / "report.html"), ContainsSubstring("<svg"));
}

TEST_CASE("compare: what is finished stays as it is, what is missing is trained again") {
  const TempFolder folder;
  const fs::path out = folder.path() / "out";
  const CompareCommand command = small_grid(out);
  compare(command);
  const auto files = run_files(out);
  const keel::Comparison first = without_times(out);

  const Result again = compare(command);
  CHECK(again.code == keel::kExitDone);
  CHECK_THAT(again.err, ContainsSubstring("done before"));
  CHECK(run_files(out) == files);
  CHECK(without_times(out) == first);

  fs::remove_all(out / "runs" / "batch-lr0.05-batch32-seed1");
  fs::remove(out / "results.json");
  compare(command);
  CHECK(without_times(out) == first);
  const fs::path kept = out / "runs" / "none-lr0.05-batch32-seed2" / "log.jsonl";
  CHECK(keel::read_file(kept) == files.at(kept));
}

TEST_CASE("compare: a run whose log lost its end is trained anew, and not taken for complete") {
  const TempFolder folder;
  const fs::path out = folder.path() / "out";
  const CompareCommand command = small_grid(out);
  compare(command);
  const keel::Comparison first = without_times(out);
  const fs::path run = out / "runs" / "batch-lr0.05-batch32-seed1", log = run / "log.jsonl";
  const std::string whole = keel::read_file(log);
  for (const std::string& left :
       {std::string(), whole.substr(0, whole.rfind("{\"event\":\"epoch"))}) {
    keel::write_file_atomically(log, left);
    const Result result = compare(command);
    CHECK(result.code == keel::kExitDone);
    CHECK_THAT(result.err, ContainsSubstring("the log ends before the checkpoint in " +
                                             run.string() + ": starting anew"));
    CHECK(without_times(out) == first);
  }
}

TEST_CASE("compare: an interrupted comparison goes on to the same results") {
  const TempFolder folder;
  const fs::path whole = folder.path() / "whole", stopped = folder.path() / "stopped";
  compare(small_grid(whole));

  const CompareCommand command = small_grid(stopped);
  {
    const InterruptWhen second_begins(stopped / "runs" / "batch-lr0.05-batch32-seed1" /
                                      "last.safetensors");
    const Result result = compare(command);
    CHECK(result.code == keel::kExitInterrupted);
    CHECK_THAT(result.err, ContainsSubstring("the same command goes on: keel compare"));
  }
  const keel::Comparison part = keel::read_results(stopped / "results.json");
  CHECK(part.runs[0].status == RunStatus::kCompleted);
  CHECK(part.runs[3].status == RunStatus::kPending);
  CHECK(part.runs[3].parameters > 0);

  CHECK(compare(command).code == keel::kExitDone);
  CHECK(without_times(stopped) == without_times(whole));
}

TEST_CASE("compare: a run that diverged is a result, and the others go on") {
  const TempFolder folder;
  CompareCommand command = small_grid(folder.path() / "out");
  command.axes = {{"norm", {"none"}}};
  command.axes.push_back({"lr", {"1000000", "0.01"}});
  command.seeds = 1;
  const Result result = compare(command);
  CHECK(result.code == keel::kExitDone);
  CHECK_THAT(result.out, ContainsSubstring("1 of 1"));
  CHECK_THAT(result.err, ContainsSubstring("diverged at step"));
  const auto comparison = keel::read_results(folder.path() / "out" / "results.json");
  REQUIRE(comparison.runs.size() == 2);
  CHECK(comparison.runs[0].status == RunStatus::kDiverged);
  CHECK(comparison.runs[0].diverged.has_value());
  CHECK(comparison.runs[1].status == RunStatus::kCompleted);

  const auto files = run_files(folder.path() / "out");
  CHECK(compare(command).code == keel::kExitDone);
  CHECK(run_files(folder.path() / "out") == files);
}

TEST_CASE("compare: a run that fails says why, the others go on, and it is tried again") {
  const TempFolder folder;
  const fs::path out = folder.path() / "out";
  const CompareCommand command = small_grid(out);
  compare(command);
  const keel::Comparison first = without_times(out);
  const std::string bad = "batch-lr0.05-batch32-seed1", other = "batch-lr0.05-batch32-seed2";
  const fs::path log = out / "runs" / bad / "log.jsonl";
  const std::string whole = keel::read_file(log);
  const std::string unfinished = whole.substr(0, whole.rfind("{\"event\":\"end"));
  const auto check_failed = [&](const std::string& reason) {
    fs::remove_all(out / "runs" / other);
    for (int tries = 0; tries < 2; ++tries) {
      const Result result = compare(command);
      CHECK(result.code == keel::kExitData);
      CHECK_THAT(result.err, ContainsSubstring("error: 1 of 4 runs failed; the same command"));
      CHECK_THAT(result.err, ContainsSubstring("\n  " + bad + ": ") && ContainsSubstring(reason));
      const keel::Comparison comparison = keel::read_results(out / "results.json");
      CHECK(comparison.runs[1].status == RunStatus::kFailed);
      CHECK_THAT(comparison.runs[1].failure.value_or(""), ContainsSubstring(reason));
      CHECK(comparison.runs[3].status == RunStatus::kCompleted);
      CHECK_THAT(keel::read_file(out / "report.html"), ContainsSubstring(bad + ": failed: "));
    }
  };
  keel::write_file_atomically(log, "nonsense\n" + unfinished);
  check_failed("log.jsonl:1: not JSON at byte 2");
  keel::write_file_atomically(log, unfinished);
  keel::write_file_atomically(out / "runs" / bad / "last.safetensors", "half a checkpoint");
  check_failed((out / "runs" / bad / "last.safetensors").string());

  fs::remove_all(out / "runs" / bad);
  CHECK(compare(command).code == keel::kExitDone);
  CHECK(without_times(out) == first);

  const fs::path config = out / "runs" / bad / "config.toml";  // of a run that is complete
  keel::write_file_atomically(config, "\x01\x02 nonsense");
  check_failed(config.string());
}

TEST_CASE("compare: runs with other settings are never mixed in") {
  const TempFolder folder;
  CompareCommand command = small_grid(folder.path() / "out");
  command.axes = {{"norm", {"none"}}};
  command.seeds = 1;
  compare(command);
  const auto files = run_files(folder.path() / "out");
  command.base.epochs = 3;
  command.base.threads = 1;
  CHECK_THAT(complaint(command), EndsWith("epochs was 2 and is now 3. Choose another --out"));
  CHECK(run_files(folder.path() / "out") == files);
}

TEST_CASE("compare: a run is found whichever comparison has made it") {
  const TempFolder folder;
  CompareCommand command = small_grid(folder.path() / "out");
  command.axes = {{"norm", {"none"}}};
  command.seeds = 1;
  command.base.model = "mlp";
  compare(command);
  const auto files = run_files(folder.path() / "out");

  // The default of an axis would have the id of the run that is there.
  command.axes.push_back({"model", {"mlp", "lenet5", "convnet"}});
  CHECK_THAT(compare(command).err, ContainsSubstring("done before"));
  for (const auto& [file, content] : files) CHECK(keel::read_file(file) == content);
  const keel::Comparison models = keel::read_results(folder.path() / "out" / "results.json");
  REQUIRE(models.runs.size() == 3);
  CHECK(models.runs[0].id == "none-lr0.05-batch32-seed1");
  CHECK(models.runs[1].id == "none-lr0.05-batch32-model-lenet5-seed1");
  CHECK(models.runs[2].id == "none-lr0.05-batch32-model-convnet-seed1");
  const auto all_files = run_files(folder.path() / "out");

  command.axes = {{"norm", {"none"}}};
  command.base.model = "lenet5";
  CHECK_THAT(compare(command).err, ContainsSubstring("leave out 2 finished runs of other values"));
  CHECK(run_files(folder.path() / "out") == all_files);
  CHECK(keel::read_results(folder.path() / "out" / "results.json").runs.at(0).id ==
        "none-lr0.05-batch32-model-lenet5-seed1");
}

TEST_CASE("compare: the folder of a run of keel train is left alone") {
  const TempFolder folder;
  folder.write("run/config.toml", "epochs = 1\n");
  try {
    compare(small_grid(folder.path() / "run"));
    FAIL("no error");
  } catch (const keel::Error& error) {
    CHECK(error.kind() == keel::ErrorKind::kData);
    CHECK_THAT(error.what(), ContainsSubstring("run is the folder of a run of keel train"));
  }
}

TEST_CASE("compare: results tell the threads and jobs that its runs had") {
  const TempFolder folder;
  CompareCommand command = small_grid(folder.path() / "out");
  command.base.threads = 1;
  CHECK_THAT(compare(command).err, ContainsSubstring(", 1 thread\n"));
  const keel::Comparison comparison = keel::read_results(folder.path() / "out" / "results.json");
  CHECK(comparison.environment["threads"] == 1);
  CHECK(comparison.environment["jobs"] == 1);
}

TEST_CASE("compare: what cannot be trained is left out, and told before any run") {
  const TempFolder folder;
  CompareCommand command = small_grid(folder.path() / "out");
  command.base.model = "mlp";
  command.axes = {{"norm", {"instance", "none"}}};
  const Result result = compare(command);
  CHECK(result.code == keel::kExitDone);
  const std::string note =
      "left out instance-lr0.05-batch32-seed1 and 1 more run: instance normalisation behind a "
      "layer of "
      "100 channels of 1x1";
  CHECK(result.err.find(note) < result.err.find("[1/2]"));
  CHECK_THAT(result.err, ContainsSubstring("2 runs of 2 epochs"));
  const keel::Comparison comparison = keel::read_results(folder.path() / "out" / "results.json");
  REQUIRE(comparison.runs.size() == 2);
  CHECK(comparison.runs[0].settings.at("norm") == "none");
  REQUIRE(comparison.left_out);
  CHECK(comparison.left_out->size() == 1);
  const std::string report = keel::read_file(folder.path() / "out" / "report.html");
  CHECK_THAT(report,
             ContainsSubstring("<li>Left out instance-lr0.05-batch32-seed1 and 1 more run: "));
}

TEST_CASE("compare: a training that others words describe is made once, and found again") {
  const TempFolder folder;
  CompareCommand command = small_grid(folder.path() / "out");
  command.base.model = "mlp";
  command.axes = {{"norm", {"batch", "batch:tracked"}}};
  command.seeds = 1;
  const Result result = compare(command);
  CHECK_THAT(result.err,
             ContainsSubstring("left out batch-tracked-lr0.05-batch32-seed1: the same training as "
                               "batch-lr0.05-batch32\n"));
  const auto files = run_files(folder.path() / "out");

  command.axes = {{"norm", {"batch:momentum=0.1"}}, {"depth", {"3", "4"}}, {"groups", {"2", "4"}}};
  const Result deeper = compare(command);
  CHECK_THAT(deeper.err, ContainsSubstring("done before") && ContainsSubstring("2 runs of"));
  for (const auto& [path, content] : files) CHECK(keel::read_file(path) == content);
}

TEST_CASE("compare: values of a setting that the training does not read make one run") {
  const TempFolder folder;
  CompareCommand command = small_grid(folder.path() / "out");
  command.base.optim = "adam";
  command.axes = {{"norm", {"none"}},
                  {"momentum", {"0.5", "0.9"}},
                  {"pct-start", {"0.1", "0.3"}},
                  {"dropout-place", {"last", "all"}},
                  {"probe-every", {"5", "10"}}};
  command.seeds = 1;
  const Result result = compare(command);
  CHECK_THAT(result.err,
             ContainsSubstring("the same training as") && ContainsSubstring("1 run of"));
}

TEST_CASE("compare: of models by depths those are left out that have no choice of a depth") {
  const TempFolder folder;
  CompareCommand command = small_grid(folder.path() / "out");
  command.axes = {{"norm", {"batch"}}, {"model", {"lenet5", "mlp"}}, {"depth", {"1", "2"}}};
  command.seeds = 1;
  command.dry_run = true;
  const Result result = compare(command);
  CHECK_THAT(result.err, ContainsSubstring("left out batch-lr0.05-batch32-model-lenet5-depth-2-"
                                           "seed1: model: lenet5 has one depth"));
  CHECK_THAT(result.err, ContainsSubstring("dry run: 2 runs"));
}

TEST_CASE("compare: a grid of which no run can be trained is refused with its first run") {
  const TempFolder folder;
  CompareCommand command = small_grid(folder.path() / "out");
  command.base.model = "mlp";
  command.axes = {{"norm", {"instance"}}};
  CHECK_THAT(complaint(command),
             ContainsSubstring("The first of them, instance-lr0.05-batch32-seed1: instance "
                               "normalisation behind a layer of"));
  CHECK(!fs::exists(folder.path() / "out"));
}

TEST_CASE("compare: an axis of models names the folder and the model of the report") {
  const TempFolder folder;
  CompareCommand command = small_grid("");
  command.axes = {{"norm", {"none"}}, {"model", {"mlp"}}};
  command.dry_run = true;
  CHECK_THAT(compare(command).err, ContainsSubstring("for comparisons/digits-mlp;"));

  command.out = (folder.path() / "out").string();
  command.dry_run = false;
  command.seeds = 1;
  command.axes.push_back({"epochs", {"1", "2"}});
  CHECK_THAT(compare(command).err, ContainsSubstring("2 runs of 1 to 2 epochs with mlp"));
  CHECK(keel::read_results(folder.path() / "out" / "results.json").model == "mlp");
}

TEST_CASE("compare: the baseline is found in any spelling") {
  const TempFolder folder;
  CompareCommand command = small_grid(folder.path() / "out");
  command.axes = {{"norm", {"none"}}, {"lr", {"0.2", "0.1"}}};
  command.dry_run = true;
  command.baseline = "0.10";
  CHECK(compare(command).code == keel::kExitDone);
  command.baseline = "0.3";
  CHECK(complaint(command) ==
        "--baseline 0.3: expected one of the runs' values of learning rate: 0.2, 0.1");
}

TEST_CASE("compare: a folder that cannot be made is told before any run") {
  const TempFolder folder;
  const CompareCommand command = small_grid(folder.write("notes.txt", "a file"));
  const keel::testing::CapturedOutput output;
  try {
    keel::run_compare(command);
    FAIL("no error");
  } catch (const keel::Error& error) {
    CHECK(error.kind() == keel::ErrorKind::kData);
    CHECK_THAT(error.what(), ContainsSubstring("notes.txt: cannot make the folder: "));
  }
  CHECK_THAT(output.err(), !ContainsSubstring("4 runs"));
}

TEST_CASE("compare: a dry run lists the runs and their commands, and does nothing") {
  const TempFolder folder;
  CompareCommand command = small_grid(folder.path() / "out");
  command.dry_run = true;
  const Result result = compare(command);
  CHECK(result.code == keel::kExitDone);
  CHECK_THAT(result.out,
             ContainsSubstring("none-lr0.05-batch32-seed1 (pending)\n"
                               "  keel train --limit-train 96 --limit-test 50 --norm none "
                               "--epochs 2 --batch-size 32\n"));
  CHECK_THAT(result.err, ContainsSubstring("4 runs"));
  CHECK(!fs::exists(folder.path() / "out"));
}

TEST_CASE("compare: quiet shows nothing at all") {
  const TempFolder folder;
  CompareCommand command = small_grid(folder.path() / "out");
  command.axes = {{"norm", {"none"}}};
  command.seeds = 1;
  command.quiet = true;
  const Result result = compare(command);
  CHECK((result.out.empty() && result.err.empty()));
  CHECK(fs::exists(folder.path() / "out" / "report.html"));
}

TEST_CASE("compare: each seed of a split folder of images has the images that train would have") {
  const TempFolder folder;
  for (const std::string kind : {"dark", "light"}) {
    for (int i = 0; i < 10; ++i) {
      const std::string pixels(8 * 8, static_cast<char>(kind == "dark" ? i : 100 + i));
      folder.write("set/" + kind + "/" + std::to_string(i) + ".pgm", "P5 8 8 255\n" + pixels);
    }
  }
  CompareCommand command = small_grid(folder.path() / "out");
  command.base.data = (folder.path() / "set").string();
  command.base.model = "mlp";
  command.base.test_fraction = 0.5;
  command.axes = {{"norm", {"none"}}};
  compare(command);

  CompareCommand second = command;
  second.base.seed = 2;
  second.seeds = 1;
  second.out = (folder.path() / "alone").string();
  compare(second);
  CHECK(without_times(command.out).runs.at(1) == without_times(second.out).runs.at(0));
}

TEST_CASE("compare: without --out a folder of images gives its name, with or without a slash") {
  const TempFolder folder;
  for (const char* image : {"a/1.pgm", "a/2.pgm", "b/1.pgm", "b/2.pgm"}) {
    folder.write(fs::path("pets") / image, "P5 2 2 255\nabcd");
  }
  CompareCommand command = small_grid("");
  command.base.model = "mlp";
  command.dry_run = true;
  command.base.data = (folder.path() / "pets" / "").string();
  CHECK_THAT(compare(command).err, ContainsSubstring("for comparisons/pets-mlp;"));
}
