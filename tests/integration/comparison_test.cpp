// Comparisons as a person or a machine starts, ends and kills them.

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include <keel/core/file.h>
#include <keel/core/random.h>

#include "apps/exit_code.h"
#include "apps/program.h"
#include "apps/results/results.h"
#include "tests/support/captured_output.h"
#include "tests/support/environment.h"
#include "tests/support/process.h"
#include "tests/support/pseudo_terminal.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test.h"
#include "tests/support/wait.h"

namespace {

int keel_program(const std::vector<std::string>& arguments) {
  const keel::testing::CapturedOutput output;
  return keel::run_program(arguments);
}

// "keel train --lr 0.1" without the program's name; no word of it has a space.
std::vector<std::string> arguments_of(const std::string& command) {
  std::istringstream words(command);
  std::string word;
  words >> word;
  std::vector<std::string> arguments;
  while (words >> word) arguments.push_back(word);
  return arguments;
}

// 60 runs of a fraction of a second each, with everything that a run can log.
std::vector<std::string> short_runs(const std::filesystem::path& out) {
  std::vector<std::string> line = arguments_of(
      "keel compare --model mlp --norms none,batch,layer --lrs 0.1,1 --batch-sizes 8,16 --seeds 5 "
      "--limit-train 48 --limit-test 10 --epochs 2 --save-every 2 --diagnostics --probe-every 5 "
      "--eval-every 2 --log-every 1 --jobs 2");
  line.insert(line.begin(), KEEL_PROGRAM);
  line.insert(line.end(), {"--out", out.string()});
  return line;
}

// results.json without what depends on the machine's mood.
nlohmann::json without_times(const std::filesystem::path& out) {
  auto results = nlohmann::json::parse(keel::read_file(out / "results.json"));
  results.erase("created");
  results.erase("command");
  for (nlohmann::json& run : results.at("runs")) {
    run.erase("peak_tensor_bytes");
    for (nlohmann::json& epoch : run.at("epochs")) {
      epoch.erase("seconds");
      epoch.erase("images_per_second");
    }
    for (nlohmann::json& probe : run.at("probes")) probe.erase("time");
  }
  return results;
}

}  // namespace

TEST_CASE("comparison: a grid killed ten times at random moments ends as one that was left alone") {
  using keel::testing::Process;
  using std::chrono::milliseconds, std::chrono::steady_clock;
  const keel::testing::TempFolder folder;
  const std::filesystem::path out = folder.path() / "out", expected = folder.path() / "expected";
  const auto start = steady_clock::now();
  REQUIRE(Process(short_runs(expected)).wait() == keel::kExitDone);
  const auto whole = std::chrono::duration_cast<milliseconds>(steady_clock::now() - start);
  const nlohmann::json left_alone = without_times(expected);
  REQUIRE(left_alone.at("runs").size() == 60);

  constexpr int kKills = 10, kSeed = 1;
  const std::int64_t shortest = 20;
  std::int64_t longest = std::max(shortest + 1, 2 * whole.count() / kKills);
  keel::Rng rng(kSeed);
  std::string moments;
  for (int kill = 0; kill < kKills;) {
    const int number = kill == 3 ? SIGTERM : kill == 7 ? SIGINT : SIGKILL;
    const milliseconds moment(shortest + rng.below(longest - shortest));
    moments += fmt::format(" {} ms (signal {})", moment.count(), number);
    Process process(short_runs(out));
    std::this_thread::sleep_for(moment);
    process.signal(number);
    const int code = process.wait();
    if (code == keel::kExitDone) {  // it was faster than the other one: anew, at earlier moments
      std::filesystem::remove_all(out);
      longest = std::max(shortest + 1, longest / 2);
      moments.clear();
      kill = 0;
      continue;
    }
    INFO("seed " << kSeed << ", ended after" << moments);
    REQUIRE((code == -number || (number != SIGKILL && code == keel::kExitInterrupted)));
    ++kill;
  }
  INFO("seed " << kSeed << ", ended after" << moments);
  REQUIRE(Process(short_runs(out)).wait() == keel::kExitDone);
  CHECK(nlohmann::json::diff(without_times(out), left_alone).dump() == "[]");
  for (const nlohmann::json& run : left_alone.at("runs")) {
    const std::filesystem::path last =
        std::filesystem::path(run.at("directory").get<std::string>()) / "last.safetensors";
    INFO(last.string());
    CHECK((keel::read_file(out / last) == keel::read_file(expected / last)));
  }
}

TEST_CASE("comparison: what writes into a folder that another process uses ends with 3") {
  using keel::testing::Process;
  const keel::testing::TempFolder folder;
  const std::filesystem::path out = folder.path() / "out", run = out / "runs";
  const auto endless = [&out](const std::string& jobs) {
    return std::vector<std::string>{
        KEEL_PROGRAM, "compare", "--norms",       "none,batch", "--seeds",      "1",
        "--lr",       "0.1",     "--model",       "mlp",        "--batch-size", "8",
        "--epochs",   "100000",  "--limit-train", "64",         "--limit-test", "32",
        "--jobs",     jobs,      "--out",         out.string()};
  };
  const std::filesystem::path none = run / "none-lr0.1-batch8-seed1";
  const auto both_train = [&] {
    return std::filesystem::exists(none / "last.safetensors") &&
           std::filesystem::exists(run / "batch-lr0.1-batch8-seed1" / "last.safetensors");
  };
  Process first(endless("2"));
  keel::testing::wait_for(both_train);
  const std::string created = keel::read_results(out / "results.json").created;
  for (const char* jobs : {"1", "2"}) CHECK(Process(endless(jobs)).wait() == keel::kExitData);
  CHECK(Process({KEEL_PROGRAM, "train", "--resume", none.string()}).wait() == keel::kExitData);
  CHECK(keel::read_results(out / "results.json").created == created);
  first.signal(SIGKILL);
  CHECK(first.wait() == -SIGKILL);

  std::filesystem::remove(out / "results.json");
  Process next(endless("2"));
  keel::testing::wait_for([&] { return std::filesystem::exists(out / "results.json"); });
  CHECK(Process(endless("1")).wait() == keel::kExitData);
  next.signal(SIGTERM);
  CHECK(next.wait() == keel::kExitInterrupted);
}

TEST_CASE("comparison: an interrupt while runs start ends with 130, whatever they are at") {
  const keel::testing::TempFolder folder;
  const std::filesystem::path results = folder.path() / "results.json";
  int delay = 0;
  for (const int number : {SIGINT, SIGTERM, SIGINT, SIGTERM}) {
    std::filesystem::remove(results);
    // Drawing the whole set takes each process a second.
    keel::testing::Process process({KEEL_PROGRAM, "compare", "--norms", "none,batch", "--seeds",
                                    "1", "--data", "shapes", "--model", "mlp", "--epochs", "1000",
                                    "--jobs", "2", "--out", folder.path().string()});
    keel::testing::wait_for([&] { return std::filesystem::exists(results); });
    std::this_thread::sleep_for(std::chrono::milliseconds(delay));
    process.signal(number);
    INFO("after " << delay << " ms");
    CHECK(process.wait() == keel::kExitInterrupted);
    delay = 3 * delay + 15;
  }
}

TEST_CASE("comparison: a process that fails or is killed ends its own run alone") {
  using keel::testing::Process;
  const keel::testing::TempFolder folder;
  const std::filesystem::path out = folder.path() / "out";
  const std::vector<std::string> line{
      KEEL_PROGRAM,   "compare",    "--norms",       "none,batch,layer",
      "--seeds",      "1",          "--lr",          "0.1",
      "--model",      "mlp",        "--epochs",      "200",
      "--jobs",       "2",          "--batch-size",  "8",
      "--out",        out.string(), "--limit-train", "64",
      "--limit-test", "32"};
  const auto lock = [&out](const std::string& norm) {
    return out / "runs" / (norm + "-lr0.1-batch8-seed1") / ".keel-lock";
  };
  const auto check_failed = [&out](std::size_t failed, const std::string& reason) {
    const std::vector<keel::Run> runs = keel::read_results(out / "results.json").runs;
    CHECK_THAT(runs.at(failed).failure.value_or(""), ContainsSubstring(reason));
    for (std::size_t i = 0; i < runs.size(); ++i) {
      INFO(runs[i].id);
      CHECK((runs[i].status ==
             (i == failed ? keel::RunStatus::kFailed : keel::RunStatus::kCompleted)));
    }
  };
  {
    Process process(line);
    keel::testing::wait_for([&] {
      return std::filesystem::exists(lock("none")) && !keel::read_file(lock("none")).empty();
    });
    ::kill(std::stoi(keel::read_file(lock("none"))), SIGKILL);
    CHECK(process.wait() == keel::kExitInternal);
    check_failed(0, "its process was ended by signal 9 (Killed)");
  }
  {
    std::filesystem::remove_all(lock("batch").parent_path());
    std::filesystem::create_directories(lock("batch").parent_path());
    const keel::FolderLock in_use(lock("batch").parent_path(), "another folder");
    CHECK(Process(line).wait() == keel::kExitData);
    check_failed(1, fmt::format("is in use by another keel (process {})", ::getpid()));
  }
  CHECK(Process(line).wait() == keel::kExitDone);
}

TEST_CASE("comparison: the command of each run repeats it bit for bit") {
  const keel::testing::TempFolder folder;
  const std::filesystem::path out = folder.path() / "out";
  REQUIRE(keel_program({"compare", "--norms", "none,group", "--lrs", "0.03,0.1", "--seeds", "1",
                        "--limit-train", "64", "--limit-test", "32", "--epochs", "2", "--out",
                        out.string()}) == 0);
  const keel::Comparison comparison = keel::read_results(out / "results.json");
  REQUIRE(comparison.runs.size() == 4);
  for (const keel::Run& run : comparison.runs) {
    INFO(run.command);
    const std::filesystem::path alone = folder.path() / run.id;
    std::vector<std::string> arguments = arguments_of(run.command);
    arguments.insert(arguments.end(), {"--run", alone.string()});
    REQUIRE(keel_program(arguments) == 0);
    CHECK(keel::read_file(alone / "last.safetensors") ==
          keel::read_file(out / run.directory / "last.safetensors"));
  }
}

TEST_CASE("comparison: its files tell of each epoch while a run goes on") {
  const keel::testing::TempFolder folder;
  keel::testing::Process process({KEEL_PROGRAM, "compare", "--norms", "none", "--seeds", "1",
                                  "--model", "mlp", "--limit-train", "64", "--limit-test", "32",
                                  "--epochs", "100000", "--out", folder.path().string()});
  keel::testing::wait_for([&] {
    if (!std::filesystem::exists(folder.path() / "results.json")) return false;
    const keel::Run run = keel::read_results(folder.path() / "results.json").runs.at(0);
    return run.status == keel::RunStatus::kRunning && !run.epochs.empty() && run.parameters > 0;
  });
  CHECK_THAT(keel::read_file(folder.path() / "report.html"),
             ContainsSubstring("0 of 1 runs are over."));
}

TEST_CASE("comparison: on a terminal each of several runs has a row with a curve that grows") {
  const keel::testing::TempFolder folder;
  const keel::testing::Environment unicode("LC_ALL", "C.UTF-8"), type("TERM", "xterm");
  // A row that is rewritten, above another one, with a bar for each epoch so far.
  const std::regex rows(
      "\\[1/2\\]  none   epoch +[0-9]+/99999  (\xe2\x96.)+ +loss [0-9.]+ +[0-9.]+ %  [0-9,]+ img/s"
      "\r\n\\[2/2\\]  batch  epoch +[0-9]+/99999  [^\r\n]*\r\x1b\\[K\x1b\\[A\r\x1b\\[K");
  const auto shown = [&rows](const std::string& output) {
    constexpr std::size_t kSomeRows = 4096;
    const std::size_t begin = output.size() - std::min(output.size(), kSomeRows);
    return std::regex_search(output.begin() + static_cast<std::ptrdiff_t>(begin), output.end(),
                             rows);
  };
  constexpr std::size_t kEnough = 1 << 18;
  const std::string output = keel::testing::output_on_terminal(
      {KEEL_PROGRAM, "compare", "--norms", "none,batch", "--seeds", "1", "--model", "mlp",
       "--limit-train", "64", "--limit-test", "32", "--epochs", "99999", "--jobs", "2",
       "--no-color", "--out", folder.path().string()},
      100, 24, [&](const std::string& so_far) { return so_far.size() > kEnough || shown(so_far); });
  INFO(output);
  CHECK(shown(output));
  CHECK_THAT(output, ContainsSubstring("2 runs of 99999 epochs"));
}
