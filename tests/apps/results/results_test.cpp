#include "apps/results/results.h"

#include <limits>

#include <keel/core/error.h>
#include <keel/core/file.h>

#include "tests/apps/sample_comparison.h"
#include "tests/apps/sample_probe.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test.h"

using keel::Comparison;
using keel::Run;
using keel::testing::TempFolder;

TEST_CASE("results read back as they were written") {
  const TempFolder folder;
  Comparison comparison = keel::testing::sample_comparison();
  comparison.runs[0].seed = std::numeric_limits<std::uint64_t>::max();
  comparison.runs[0].steps = {{1, 2.25, 0.125}, {2, 0.1 + 0.2, 0.25}};
  comparison.runs[0].evaluations = {{1, 2.5, 0.25}, {2, 2.25, 0.5}};
  comparison.runs[0].probes = {keel::testing::sample_probe(1), keel::testing::sample_probe(50)};
  comparison.runs[1].status = keel::RunStatus::kFailed;
  comparison.runs[1].failure = "its process was ended by signal 9";
  comparison.runs[0].command = "keel train --out \"a b\" \\ \n <é>";
  keel::write_results(comparison, folder.path() / "results.json");
  CHECK(keel::read_results(folder.path() / "results.json") == comparison);

  comparison.target_accuracy.reset();
  comparison.lr_note = "lr grows with the batch size";
  comparison.left_out = {"left out one run: it does not fit"};
  comparison.runs.clear();
  keel::write_results(comparison, folder.path() / "results.json");
  CHECK(keel::read_results(folder.path() / "results.json") == comparison);
}

TEST_CASE("numbers that are not finite read back as not measured") {
  const TempFolder folder;
  Comparison comparison = keel::testing::sample_comparison();
  comparison.runs[0].epochs[0].test_loss = std::numeric_limits<double>::infinity();
  comparison.runs[0].epochs[0].train_loss = keel::kNotMeasured;
  keel::write_results(comparison, folder.path() / "results.json");
  const Comparison back = keel::read_results(folder.path() / "results.json");
  CHECK(std::isnan(back.runs[0].epochs[0].test_loss));
  CHECK(std::isnan(back.runs[0].epochs[0].train_loss));
  CHECK(back.runs[0].epochs[1] == comparison.runs[0].epochs[1]);
}

TEST_CASE("the final result is the last epoch's, not the best") {
  const Run run = keel::testing::sample_run("none", 1, {0.5, 0.9, 0.8});
  CHECK(keel::final_test_accuracy(run) == 0.8);
  CHECK(keel::final_test_loss(run) == Approx(0.2));
  CHECK(std::isnan(keel::final_test_accuracy(Run{})));
  CHECK(std::isnan(keel::final_test_loss(Run{})));
}

TEST_CASE("a malformed results.json names the field and what was found") {
  const TempFolder folder;
  const auto path = folder.path() / "results.json";
  keel::write_results(keel::testing::sample_comparison(), path);
  const auto original = nlohmann::json::parse(keel::read_file(path));

  struct Case {
    const char* pointer;
    nlohmann::json value;
    const char* message;
  };
  const Case cases[] = {
      {"/schema", "else", "expected schema keel-comparison version 3, found else version 3"},
      {"/version", 1, "found keel-comparison version 1"},
      {"/runs", "x", "results.json.runs: expected an array, found string"},
      {"/runs/1", 7, "results.json.runs[1]: expected an object, found number"},
      {"/runs/1/settings/norm", 7, "runs[1].settings.norm: expected a string, found number"},
      {"/runs/1/seed", -1, "runs[1].seed: expected a whole number that is not negative"},
      {"/runs/1/parameters", 1.5, "runs[1].parameters: expected a whole number"},
      {"/runs/1/parameters", std::numeric_limits<std::uint64_t>::max(),
       "runs[1].parameters: 18446744073709551615 is too large"},
      {"/runs/1/status", "lost",
       "runs[1].status: expected one of pending, running, interrupted, failed, diverged, "
       "completed, found \"lost\""},
      {"/runs/1/epochs/0/test_loss", "low",
       "runs[1].epochs[0].test_loss: expected a number or null, found string"},
      {"/runs/7/diverged/step", nullptr, "runs[7].diverged.step: expected a whole number"},
      {"/axes", nlohmann::json::array(), "results.json.axes: expected names, each once, found []"},
      {"/axes", {"norm", "norm"}, "axes: expected names, each once, found [norm, norm]"},
      {"/environment", "fast", "environment: expected an object, found string"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.pointer);
    auto document = original;
    document[nlohmann::json::json_pointer(c.pointer)] = c.value;
    keel::write_file_atomically(path, document.dump());
    CHECK_THROWS_WITH(keel::read_results(path), ContainsSubstring(c.message));
  }

  auto document = original;
  document.erase("lr_note");
  keel::write_file_atomically(path, document.dump());
  CHECK(!keel::read_results(path).lr_note);
  document["runs"][2]["settings"].erase("lr");
  keel::write_file_atomically(path, document.dump());
  CHECK_THROWS_WITH(keel::read_results(path),
                    ContainsSubstring("runs[2].settings: expected a field \"lr\", found none"));

  keel::write_file_atomically(path, std::string(1'000'000, '['));
  CHECK_THROWS_WITH(
      keel::read_results(path),
      ContainsSubstring("results.json: more than 100 brackets within one another; write it anew"));

  std::string huge = original.dump();
  huge.replace(huge.find("\"seed\":1"), 8, "\"seed\":1e999");
  keel::write_file_atomically(path, huge);
  CHECK_THROWS_WITH(keel::read_results(path),
                    ContainsSubstring("results.json: a number in it is too large"));

  keel::write_file_atomically(path, original.dump().substr(0, 100));
  try {
    keel::read_results(path);
    FAIL("read half a file");
  } catch (const keel::Error& error) {
    CHECK(error.kind() == keel::ErrorKind::kData);
    CHECK_THAT(error.what(), ContainsSubstring("results.json: not JSON at byte"));
  }
}
