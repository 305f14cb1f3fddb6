// The commands in a comparison's report do what they promise.

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <keel/core/file.h>

#include "apps/program.h"
#include "apps/results.h"
#include "tests/support/captured_output.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test.h"

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

}  // namespace

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
