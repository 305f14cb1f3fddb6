#include "apps/compare_table.h"

#include "tests/apps/sample_comparison.h"
#include "tests/support/test.h"

TEST_CASE("the end table aligns one line per variant") {
  CHECK(keel::compare_table(keel::testing::sample_comparison()) ==

        "norm    lr  batch-size   final accuracy    loss         steps to 80 %       seconds to 80 "
        "%  "
        "images/s  × none  diverged\n"
        "none   0.1          64  70.00 ± 10.00 %  0.3000  not reached (2 of 3)  not reached (2 of "
        "3)    "
        "   640    1.00    0 of 3\n"
        "batch  0.1          64   90.00 ± 5.00 %  0.1000                   152                  "
        "15.2    "
        "   480    0.75    0 of 3\n"
        "layer  0.1          64          85.00 %  0.1500  not reached (2 of 3)  not reached (2 of "
        "3)    "
        "   640    1.00    2 of 3\n");
}

TEST_CASE("the end table knows plain ASCII") {
  const std::string text =
      keel::compare_table(keel::testing::sample_comparison(), {.unicode = false});
  CHECK_THAT(text, ContainsSubstring("90.00 +- 5.00 %"));
  CHECK_THAT(text, ContainsSubstring("x none"));
  for (const char c : text) REQUIRE(static_cast<unsigned char>(c) < 0x80);
}

TEST_CASE("the end table says what is unfinished and survives runs without epochs") {
  keel::Comparison comparison = keel::testing::empty_comparison();
  comparison.runs = {keel::testing::sample_run("batch", 1, {}),
                     keel::testing::sample_run("batch", 2, {})};
  comparison.runs[0].status = keel::RunStatus::kPending;
  comparison.runs[1].status = keel::RunStatus::kInterrupted;
  const std::string text = keel::compare_table(comparison);
  CHECK_THAT(text, ContainsSubstring("batch: 2 of 2 runs unfinished"));
  CHECK_THAT(text, !ContainsSubstring("nan"));
}
