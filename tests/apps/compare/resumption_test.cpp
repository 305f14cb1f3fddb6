// What a comparison makes of the runs that its folder holds already.

#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <thread>

#include <pthread.h>

#include <keel/core/error.h>
#include <keel/core/file.h>

#include "apps/exit_code.h"
#include "apps/results/results.h"
#include "apps/train/run_directory.h"
#include "tests/apps/compare/small_grid.h"
#include "tests/support/temp_folder.h"

namespace fs = std::filesystem;
using Catch::Matchers::EndsWith;
using keel::CompareCommand;
using keel::RunStatus;
using keel::testing::compare;
using keel::testing::complaint;
using keel::testing::Result;
using keel::testing::run_files;
using keel::testing::small_grid;
using keel::testing::TempFolder;
using keel::testing::without_times;

namespace {

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

TEST_CASE("compare: a results.json that no comparison wrote is left alone, a torn one is not") {
  const TempFolder folder;
  const auto results = folder.write("out/results.json", R"({"my": "data"})");
  CHECK_THROWS_WITH(compare(small_grid(folder.path() / "out")),
                    ContainsSubstring("results.json is not of a comparison and would be over"));
  CHECK(keel::read_file(results) == R"({"my": "data"})");
  for (const char* torn : {"", "{\n \"schema\": \"keel-comparison\",\n \"vers"}) {
    folder.write("out/results.json", torn);
    compare(small_grid(folder.path() / "out"));
    CHECK_NOTHROW(keel::read_results(results));
  }
}
