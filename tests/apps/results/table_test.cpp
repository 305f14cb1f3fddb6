#include "apps/results/table.h"

#include "tests/apps/sample_comparison.h"
#include "tests/support/test.h"

using keel::testing::sample_run;

TEST_CASE("the end table aligns one line per variant") {
  CHECK(keel::compare_table(keel::testing::sample_comparison()) ==

        "norm   rank   final accuracy              against none   area    loss         "
        "steps to 80 %  seconds  images/s  × none  diverged\n"
        "none      2  70.00 ± 10.00 %                         –  0.617  0.3000  not reached "
        "(2 of 3)        –       640    1.00    0 of 3\n"
        "batch     1   90.00 ± 5.00 %  +20.00 (+7.58 to +32.42)  0.792  0.1000                   "
        "152     15.2       480    0.75    0 of 3\n"
        "layer     3          85.00 %                    +15.00  0.875  0.1500  not reached "
        "(2 of 3)        –       640    1.00    2 of 3\n"
        "±: standard deviation over the seeds\n"
        "against none: percentage points, over the seeds that completed both, with the 95 % "
        "interval\n"
        "rank: diverged runs put a variant last, whatever the others reached\n"
        "all runs: lr 0.1, batch-size 64\n");
}

TEST_CASE("a narrow terminal gets the columns that matter most") {
  const keel::Comparison comparison = keel::testing::sample_comparison();
  const auto header = [&](std::size_t width) {
    const std::string table = keel::compare_table(comparison, {.width = width});
    return table.substr(0, table.find('\n'));
  };
  CHECK_THAT(header(132), ContainsSubstring("against none") && ContainsSubstring("area"));
  CHECK_THAT(header(110), ContainsSubstring("against none") && ContainsSubstring("loss") &&
                              !ContainsSubstring("× none"));
  CHECK_THAT(header(80), !ContainsSubstring("against none") && ContainsSubstring("loss"));
  CHECK(header(20) ==
        header(0).substr(0, 4) + "   rank   final accuracy         steps to 80 %  diverged");
}

TEST_CASE("the end table has a column for each setting that varies") {
  keel::Comparison comparison = keel::testing::empty_comparison();
  comparison.runs = {keel::testing::sample_run("none", 1, {0.5}),
                     keel::testing::sample_run("none", 1, {0.6})};
  keel::testing::set(comparison.runs[1], "lr", "0.01");
  const std::string text = keel::compare_table(comparison);
  CHECK_THAT(text, ContainsSubstring("lr    rank"));
  CHECK_THAT(text, ContainsSubstring("all runs: norm none, batch-size 64\n"));
  CHECK_THAT(text, !ContainsSubstring("±"));
  comparison.lr_note = "lr grows";
  CHECK_THAT(keel::compare_table(comparison),
             ContainsSubstring("all runs: norm none, batch-size 64\nlr grows\n"));
  CHECK_THAT(text, !ContainsSubstring("steps to"));
}

TEST_CASE("the end table rounds the target and keeps huge losses short") {
  keel::Comparison comparison = keel::testing::empty_comparison();
  comparison.runs = {sample_run("none", 1, {0.5, 0.6})};
  comparison.runs[0].epochs.back().test_loss = 7.031e24;
  comparison.target_accuracy = 0.07;
  CHECK_THAT(keel::compare_table(comparison),
             ContainsSubstring("steps to 7 %") && ContainsSubstring(" 7.031e+24 "));
}

TEST_CASE("the end table knows plain ASCII") {
  keel::Comparison comparison = keel::testing::empty_comparison();
  comparison.runs = {sample_run("none", 1, {0.8}), sample_run("none", 2, {0.9}),
                     sample_run("batch", 1, {0.95}), sample_run("batch", 2, {0.85})};
  const std::string text = keel::compare_table(comparison, {.unicode = false});
  CHECK_THAT(text, ContainsSubstring("90.00 +- 7.07 %"));
  CHECK_THAT(text, ContainsSubstring("x none"));
  CHECK_THAT(text, ContainsSubstring("rank ~: chance"));
  for (const char c : text) REQUIRE(static_cast<unsigned char>(c) < 0x80);
}

TEST_CASE("the end table says what is unfinished and survives runs without epochs") {
  keel::Comparison comparison = keel::testing::empty_comparison();
  comparison.runs = {keel::testing::sample_run("batch", 1, {}),
                     keel::testing::sample_run("batch", 2, {})};
  comparison.runs[0].status = keel::RunStatus::kPending;
  comparison.runs[1].status = keel::RunStatus::kInterrupted;
  CHECK_THAT(keel::compare_table(comparison), ContainsSubstring("batch: 2 of 2 runs unfinished"));
  comparison.runs[1].status = keel::RunStatus::kFailed;
  const std::string text = keel::compare_table(comparison);
  CHECK_THAT(text, ContainsSubstring("batch: 1 of 2 runs unfinished\nbatch: 1 of 2 runs failed\n"));
  CHECK_THAT(text, !ContainsSubstring("nan"));
}
