#include "apps/reproduce/reproduce.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include <keel/core/error.h>
#include <keel/core/file.h>

#include "apps/exit_code.h"
#include "tests/support/captured_output.h"
#include "tests/support/environment.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test.h"

namespace fs = std::filesystem;
using keel::Experiment;
using keel::ReproduceCommand;
using keel::testing::CapturedOutput;
using keel::testing::Environment;
using keel::testing::TempFolder;

namespace {

// Weight standardisation's with nets and images that take a moment.
Experiment tiny() {
  Experiment experiment = keel::experiment("qiao2019-weight-standardization");
  experiment.data = "mnist";
  experiment.plan = [plan = experiment.plan](const keel::Scale& scale) {
    keel::CompareCommand command = plan(scale);
    command.base.layers = "8-M-8";
    command.base.limit_train = 128;
    command.base.limit_test = 32;
    command.base.epochs = 1;
    return command;
  };
  return experiment;
}

struct Result {
  int code;
  std::string out, err;
};

Result reproduced(const ReproduceCommand& command) {
  const CapturedOutput output;
  const int code = reproduce(tiny(), command);
  return {code, output.out(), output.err()};
}

}  // namespace

TEST_CASE("reproduce: an experiment is told, run, judged and written down") {
  const TempFolder folder;
  const Environment no_data("KEEL_DATA", folder.path().c_str());
  const fs::path out = folder.path() / "out";
  const ReproduceCommand command{
      .seeds = 2, .out = out.string(), .command_line = "keel reproduce qiao"};
  const Result result = reproduced(command);
  CHECK(result.code == keel::kExitDone);
  // The thresholds come before the runs' table, the verdict behind it.
  const auto at = [&result](const char* text) {
    CHECK_THAT(result.out, ContainsSubstring(text));
    return result.out.find(text);
  };
  CHECK(at("Siyuan Qiao") < at("On digits, which Keel draws itself"));
  CHECK(at("On digits, which Keel draws itself") < at("at least +5.00 points"));
  CHECK(at("at least +5.00 points") < at("final accuracy"));
  CHECK(at("final accuracy") < at("weight-standardization: "));
  CHECK_THAT(result.out, ContainsSubstring("On digits, which Keel draws itself, because mnist is "
                                           "not there: the verdict is about these data."));
  CHECK_THAT(result.out, !ContainsSubstring("gain in accuracy at batches of 2 "));

  const auto verdict = nlohmann::json::parse(keel::read_file(out / "verdict.json"));
  CHECK(verdict["schema"] == "keel-reproduction");
  CHECK(verdict["name"] == "qiao2019-weight-standardization");
  CHECK(verdict["budget"] == "quick");
  CHECK(verdict["dataset"] == "digits");
  CHECK(verdict["published_data"] == false);
  CHECK(verdict["seeds"] == nlohmann::json({1, 2}));
  CHECK_THAT(result.out,
             ContainsSubstring("weight-standardization: " + verdict["verdict"].get<std::string>()));
  REQUIRE(verdict["thresholds"].size() == 1);
  const auto& threshold = verdict["thresholds"][0];
  CHECK(threshold["expected"] == "at least +5.00 points");
  CHECK(threshold["values"].size() == 2);
  CHECK(threshold["low"].get<double>() <= threshold["mean"].get<double>());
  CHECK_THAT(result.out, ContainsSubstring(threshold["found"].get<std::string>()));

  const std::string page = keel::read_file(out / "reproduction.md");
  CHECK_THAT(page, ContainsSubstring("# qiao2019-weight-standardization: " +
                                     verdict["verdict"].get<std::string>()));
  CHECK_THAT(page, ContainsSubstring("| gain in accuracy at batches of 128 | at least"));
  CHECK_THAT(page, ContainsSubstring("[report.html](report.html)"));
  CHECK(fs::exists(out / "report.html"));

  const Result again = reproduced(command);
  CHECK_THAT(again.err, ContainsSubstring("done before"));
  const auto second = nlohmann::json::parse(keel::read_file(out / "verdict.json"));
  CHECK(second["thresholds"] == verdict["thresholds"]);
}

TEST_CASE("reproduce: one seed decides nothing, and quiet says nothing") {
  const TempFolder folder;
  const Environment no_data("KEEL_DATA", folder.path().c_str());
  const fs::path out = folder.path() / "out";
  const Result result = reproduced({.seeds = 1, .out = out.string(), .quiet = true});
  CHECK((result.out.empty() && result.err.empty()));
  const auto verdict = nlohmann::json::parse(keel::read_file(out / "verdict.json"));
  CHECK(verdict["verdict"] == "not decided");
  CHECK(verdict["thresholds"][0]["holds"].is_null());
}

TEST_CASE("reproduce: a dry run lists the runs and writes nothing") {
  const TempFolder folder;
  const Environment no_data("KEEL_DATA", folder.path().c_str());
  const fs::path out = folder.path() / "out";
  const Result result = reproduced({.seeds = 1, .out = out.string(), .dry_run = true});
  CHECK(result.code == keel::kExitDone);
  CHECK_THAT(result.out,
             ContainsSubstring("because mnist is not there") &&
                 ContainsSubstring("keel train --limit-train 128 --limit-test 32 --model vgg"));
  CHECK_FALSE(fs::exists(out));
}

TEST_CASE("reproduce: a folder of data that was named has to hold the set") {
  const TempFolder folder;
  try {
    reproduced({.data_dir = folder.path().string(), .out = (folder.path() / "out").string()});
    FAIL("no error");
  } catch (const keel::Error& error) {
    CHECK(error.kind() == keel::ErrorKind::kData);
    CHECK_THAT(error.what(), ContainsSubstring("mnist is not there"));
    CHECK_THAT(error.what(), ContainsSubstring("keel data get mnist"));
  }
}

TEST_CASE("reproduce: without a name the experiments are listed") {
  for (const char* name : {"", "list"}) {
    const CapturedOutput output;
    CHECK(keel::run_reproduce({.name = name}) == keel::kExitDone);
    for (const Experiment& experiment : keel::experiments()) {
      CHECK_THAT(output.out(), ContainsSubstring('\n' + experiment.name + '\n'));
    }
  }
  CHECK_THROWS_WITH(keel::run_reproduce({.name = "wu2018-batchsize"}),
                    ContainsSubstring("did you mean 'wu2018-batch-size'?"));
}
