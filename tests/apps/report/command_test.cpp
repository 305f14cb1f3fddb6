#include "apps/report/command.h"

#include <filesystem>

#include <keel/core/file.h>

#include "apps/exit_code.h"
#include "apps/program.h"
#include "apps/report/formats.h"
#include "apps/report/report.h"
#include "apps/train/run_directory.h"
#include "tests/apps/sample_comparison.h"
#include "tests/support/captured_output.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test.h"

namespace fs = std::filesystem;

namespace {

struct Outcome {
  int code;
  std::string out, err;
};

Outcome report(const std::vector<std::string>& arguments) {
  const keel::testing::CapturedOutput output;
  std::vector<std::string> line{"report"};
  line.insert(line.end(), arguments.begin(), arguments.end());
  const int code = keel::run_program(line);
  return {code, output.out(), output.err()};
}

}  // namespace

TEST_CASE("keel report writes the page anew from results.json") {
  const keel::testing::TempFolder folder;
  const keel::Comparison comparison = keel::testing::sample_comparison();
  keel::write_results(comparison, folder.path() / "results.json");
  const Outcome outcome = report({folder.path().string()});
  CHECK(outcome.code == keel::kExitDone);
  CHECK(outcome.out == (folder.path() / "report.html").string() + "\n");
  CHECK(keel::read_file(folder.path() / "report.html") == keel::report_html(comparison));

  const fs::path elsewhere = folder.path() / "page.html";
  CHECK(report({folder.path().string(), "--out", elsewhere.string()}).code == keel::kExitDone);
  CHECK(fs::exists(elsewhere));
}

TEST_CASE("keel report names a run whose log lost its end, and shows it as unfinished") {
  const keel::testing::TempFolder folder;
  keel::Comparison comparison = keel::testing::sample_comparison();
  keel::write_results(comparison, folder.path() / "results.json");
  keel::Run& run = comparison.runs.at(1);
  keel::RunDirectory files =
      keel::RunDirectory::create(folder.path() / run.directory, keel::TrainConfig{});
  const auto log_epochs = [&](std::size_t count) {
    files.rewind(-1);
    files.log({{"event", "start"}, {"step", 0}});
    for (std::size_t i = 0; i < count; ++i) files.log_epoch(run.epochs.at(i), 0);
    files.log({{"event", "end"}, {"outcome", "completed"}, {"step", run.epochs.back().step}});
  };
  const auto page = [&folder] { return keel::read_file(folder.path() / "report.html"); };
  log_epochs(2);
  CHECK(report({folder.path().string()}).err.empty());
  CHECK(page() == keel::report_html(comparison));
  log_epochs(1);
  CHECK_THAT(report({folder.path().string()}).err,
             ContainsSubstring("warning: run " + run.id + " is incomplete"));
  run.status = keel::RunStatus::kInterrupted;
  CHECK(page() == keel::report_html(comparison));

  folder.write(fs::path(run.directory) / "log.jsonl", "nonsense\n{}\n");
  const Outcome outcome = report({folder.path().string()});
  CHECK(outcome.code == keel::kExitDone);
  CHECK_THAT(outcome.err, ContainsSubstring("warning: run " + run.id + " failed: "));
  CHECK_THAT(page(), ContainsSubstring(run.id + ": failed: "));
}

TEST_CASE("keel report shows a run as running while somebody is at the comparison") {
  const keel::testing::TempFolder folder;
  keel::Comparison comparison = keel::testing::sample_comparison();
  keel::Run& run = comparison.runs.at(1);
  run.status = keel::RunStatus::kRunning;
  keel::write_results(comparison, folder.path() / "results.json");
  const auto page = [&folder] { return keel::read_file(folder.path() / "report.html"); };
  {
    const keel::FolderLock comparing(folder.path(), "another --out");
    CHECK(report({folder.path().string()}).err.empty());
    CHECK(page() == keel::report_html(comparison));
  }
  CHECK_THAT(report({folder.path().string()}).err,
             ContainsSubstring("warning: run " + run.id + " is incomplete"));
  run.status = keel::RunStatus::kInterrupted;
  CHECK(page() == keel::report_html(comparison));
}

TEST_CASE("keel report gives text to standard output or to a file") {
  const keel::testing::TempFolder folder;
  const keel::Comparison comparison = keel::testing::sample_comparison();
  keel::write_results(comparison, folder.path() / "results.json");
  CHECK(report({folder.path().string(), "--format", "md"}).out ==
        keel::report_markdown(comparison));
  CHECK(report({folder.path().string(), "--format", "csv"}).out == keel::report_csv(comparison));
  CHECK_THAT(report({folder.path().string(), "--format", "csv", "--diagnostics"}).err,
             ContainsSubstring("nothing was measured beside the training"));
  const fs::path file = folder.path() / "summary.json";
  const Outcome to_file =
      report({folder.path().string(), "--format", "json", "--out", file.string()});
  CHECK(to_file.out.empty());
  CHECK(keel::read_file(file) == keel::report_json(comparison));
}

TEST_CASE("keel report writes figures into a folder") {
  const keel::testing::TempFolder folder;
  keel::write_results(keel::testing::sample_comparison(), folder.path() / "results.json");
  const Outcome outcome = report({folder.path().string(), "--format", "svg"});
  CHECK(outcome.code == keel::kExitDone);
  CHECK(fs::exists(folder.path() / "figures" / "test-accuracy-by-step.svg"));
  CHECK(fs::exists(folder.path() / "figures" / "test-loss-by-step.svg"));
  CHECK_FALSE(fs::exists(folder.path() / "figures" / "train-loss-by-step.svg"));
}

TEST_CASE("keel report takes no folder for the name of a file") {
  const keel::testing::TempFolder folder;
  keel::write_results(keel::testing::sample_comparison(), folder.path() / "results.json");
  const std::string directory = folder.path().string();
  for (const char* format : {"csv", "html"}) {
    for (const std::string& out : {directory, directory + "/new/"}) {
      const Outcome outcome = report({directory, "--format", format, "--out", out});
      CHECK(outcome.code == keel::kExitData);
      CHECK_THAT(outcome.err,
                 ContainsSubstring(out + ": is a folder, expected the name of a file in it"));
    }
  }
}

TEST_CASE("keel report says what is missing or wrong") {
  const keel::testing::TempFolder folder;
  const Outcome empty = report({folder.path().string()});
  CHECK(empty.code == keel::kExitData);
  CHECK_THAT(empty.err, ContainsSubstring("holds no results.json; expected a folder that `keel "
                                          "compare` has written"));
  keel::write_file_atomically(folder.path() / "results.json", "{");
  CHECK_THAT(report({folder.path().string()}).err, ContainsSubstring("not JSON at byte"));
  CHECK(report({folder.path().string(), "--format", "pdf"}).code == keel::kExitUsage);
  CHECK_THAT(report({folder.path().string(), "--all-figures"}).err,
             ContainsSubstring("--all-figures: expected --format svg, got html"));
  CHECK(report({}).code == keel::kExitUsage);
}
