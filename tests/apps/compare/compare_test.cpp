#include "apps/compare/compare.h"

#include <filesystem>
#include <string>
#include <vector>

#include <keel/core/error.h>
#include <keel/core/file.h>

#include "apps/exit_code.h"
#include "apps/results/results.h"
#include "apps/train/run_directory.h"
#include "tests/apps/compare/small_grid.h"
#include "tests/support/temp_folder.h"

namespace fs = std::filesystem;
using keel::CompareCommand;
using keel::RunStatus;
using keel::testing::compare;
using keel::testing::complaint;
using keel::testing::Result;
using keel::testing::run_files;
using keel::testing::small_grid;
using keel::testing::TempFolder;
using keel::testing::without_times;

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
