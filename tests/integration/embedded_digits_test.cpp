// What the embedded digits are for: a convolutional network learns them, a linear model does not
// (tests/data/synthetic_test.cpp).

#include <string>

#include "apps/program.h"
#include "apps/train/environment.h"
#include "apps/train/run_directory.h"
#include "tests/support/captured_output.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test.h"

TEST_CASE("digits: a small CNN passes 98 % in three epochs") {
  if (keel::version_text().find("(Release)") == std::string::npos) {
    WARN("this test is skipped: takes seconds in a release build alone");
    return;
  }
  const keel::testing::TempFolder folder;
  const std::string run = (folder.path() / "run").string();
  const keel::testing::CapturedOutput output;
  REQUIRE(keel::run_program({"train", "--data", "digits", "--model", "convnet", "--norm", "batch",
                             "--epochs", "3", "--run", run}) == 0);
  CHECK(keel::final_test_accuracy(keel::read_run(run)) > 0.98);
}
