#include "apps/compare/finding.h"

#include "tests/apps/sample_comparison.h"
#include "tests/support/test.h"

using keel::Comparison;
using keel::testing::diverged_run;
using keel::testing::sample_run;
using keel::testing::set;

namespace {

keel::Finding found(const Comparison& comparison) {
  return keel::find(comparison, keel::summarize_variants(comparison));
}

std::string all_details(const Comparison& comparison) {
  std::string text;
  for (const std::string& sentence : found(comparison).details) text += sentence + "\n";
  return text;
}

}  // namespace

TEST_CASE("the finding names the best, its gain, its speed and what diverged") {
  const Comparison comparison = keel::testing::sample_comparison();
  CHECK(found(comparison).headline ==
        "Most accurate is batch, with 90.00 % of the test images right, 20.00 points more than "
        "none.");
  CHECK(all_details(comparison) ==
        "Gain: batch against none: +20.00 points over 3 paired seeds, 95 % interval +7.58 to "
        "+32.42. It excludes zero: chance alone is an unlikely reason.\n"
        "Ranking: batch > none ≈ layer. ≈: chance may be all that parts these two.\n"
        "Fastest to 80 %: batch, after 152 steps and 15.2 s of training; 2 of 3 runs of none never "
        "got there.\n"
        "Diverged: 2 of 9 runs (layer: 2 of 3).\n");
}

TEST_CASE("a difference within the spread of the seeds is called so") {
  Comparison comparison = keel::testing::empty_comparison();
  comparison.runs = {sample_run("none", 1, {0.8}), sample_run("none", 2, {0.9}),
                     sample_run("batch", 1, {0.9}), sample_run("batch", 2, {0.85})};
  CHECK(found(comparison).headline ==
        "Highest on average is batch, with 87.50 % of the test images right, 2.50 points more than "
        "none, but 2 seeds cannot tell that from chance.");
  CHECK_THAT(all_details(comparison), ContainsSubstring("It includes zero"));
}

TEST_CASE("the reference is called ahead only of what its seeds can be told from") {
  Comparison comparison = keel::testing::empty_comparison();
  comparison.runs = {sample_run("none", 1, {0.9}), sample_run("none", 2, {0.85}),
                     sample_run("batch", 1, {0.8}), sample_run("batch", 2, {0.9})};
  CHECK(found(comparison).headline ==
        "Highest on average is none, with 87.50 % of the test images right, 2.50 points more than "
        "batch, but 2 seeds cannot tell that from chance.");
}

TEST_CASE("the best may be ahead of the reference and too close to the second") {
  Comparison comparison = keel::testing::empty_comparison();
  comparison.runs = {sample_run("none", 1, {0.5}),   sample_run("none", 2, {0.51}),
                     sample_run("batch", 1, {0.9}),  sample_run("batch", 2, {0.91}),
                     sample_run("group", 1, {0.91}), sample_run("group", 2, {0.89})};
  CHECK(found(comparison).headline ==
        "Highest on average is batch, with 90.50 % of the test images right, 40.00 points more "
        "than none; 2 seeds cannot tell it from group.");
}

TEST_CASE("one seed is no evidence") {
  Comparison comparison = keel::testing::empty_comparison();
  comparison.runs = {sample_run("none", 1, {0.8}), sample_run("batch", 1, {0.9})};
  CHECK(found(comparison).headline ==
        "Highest is batch, with 90.00 % of the test images right, 10.00 points more than none, but "
        "one seed cannot tell that from chance.");
  CHECK_THAT(all_details(comparison), ContainsSubstring("which cannot tell it from chance"));
  comparison.runs[1].seed = 2;
  CHECK(found(comparison).headline ==
        "Highest is batch, with 90.00 % of the test images right, 10.00 points more than none, but "
        "no common seed can tell that from chance.");
  CHECK_THAT(all_details(comparison), ContainsSubstring("no seed has finished both"));
}

TEST_CASE("one seed in common does not tell the best from the second") {
  Comparison comparison = keel::testing::empty_comparison();
  comparison.runs = {sample_run("none", 1, {0.5}), sample_run("none", 2, {0.51}),
                     sample_run("batch", 1, {0.9}), sample_run("batch", 2, {0.91}),
                     sample_run("group", 1, {0.9})};
  CHECK(found(comparison).headline ==
        "Highest on average is batch, with 90.50 % of the test images right, 40.00 points more "
        "than none; one seed cannot tell it from group.");
}

TEST_CASE("settings are named when they differ") {
  Comparison comparison = keel::testing::empty_comparison();
  comparison.runs = {sample_run("none", 1, {0.8}), sample_run("batch", 1, {0.9})};
  set(comparison.runs[1], "lr", "0.01");
  CHECK_THAT(
      all_details(comparison),
      ContainsSubstring("batch (lr 0.01) against none (lr 0.1): +10.00 points on the one seed"));
}

TEST_CASE("how much of a numeric axis each variant stands is told") {
  Comparison comparison = keel::testing::empty_comparison();
  for (const char* lr : {"0.01", "0.1", "1"}) {
    for (keel::Run run : {sample_run("none", 1, {lr == std::string("0.1") ? 0.8 : 0.5}),
                          sample_run("batch", 1, {lr == std::string("1") ? 0.5 : 0.9})}) {
      set(run, "lr", lr);
      comparison.runs.push_back(run);
    }
  }
  CHECK_THAT(all_details(comparison),
             ContainsSubstring("Within 10 points of its own best at lr: batch 0.01 to 0.1 (≥ 1.00 "
                               "decades); none 0.1 alone.\n"));
}

TEST_CASE("the reference may win, or be missing, or be all there is") {
  Comparison comparison = keel::testing::empty_comparison();
  comparison.runs = {sample_run("none", 1, {0.9}), sample_run("batch", 1, {0.8})};
  comparison.runs.push_back(sample_run("none", 2, {0.91}));
  comparison.runs.push_back(sample_run("batch", 2, {0.81}));
  CHECK(found(comparison).headline ==
        "Most accurate is none, with 90.50 % of the test images right.");
  CHECK_THAT(all_details(comparison), ContainsSubstring("Lead: none against batch"));

  set(comparison.runs[0], "norm", "layer");
  set(comparison.runs[2], "norm", "layer");
  CHECK(found(comparison).headline ==
        "Most accurate is layer, with 90.50 % of the test images right.");
  comparison.runs = {sample_run("layer", 1, {0.9})};
  CHECK(found(comparison).headline ==
        "Most accurate is layer, with 90.00 % of the test images right.");
  CHECK(found(comparison).details.empty());
}

TEST_CASE("nothing finished, or everything diverged, is said plainly") {
  Comparison comparison = keel::testing::empty_comparison();
  comparison.target_accuracy = 0.5;
  CHECK(found(comparison).headline == "No run has finished yet.");
  CHECK(found(comparison).details.empty());
  comparison.runs = {diverged_run("none", 1), diverged_run("batch", 1)};
  CHECK(found(comparison).headline == "Every run diverged.");
  comparison.runs[0].status = keel::RunStatus::kRunning;
  CHECK(found(comparison).headline == "No run has finished yet.");
  CHECK_THAT(all_details(comparison), ContainsSubstring("1 of 2 runs have not finished"));
}

TEST_CASE("a target that nobody reaches is said so") {
  Comparison comparison = keel::testing::sample_comparison();
  comparison.target_accuracy = 0.999;
  CHECK_THAT(all_details(comparison),
             ContainsSubstring("No variant reaches the target of 99.9 % with all of its seeds."));
}

TEST_CASE("what is near chance is said to learn nothing") {
  Comparison comparison = keel::testing::empty_comparison();
  comparison.classes = 10;
  for (const char* lr : {"0.01", "0.1"}) {
    for (keel::Run run : {sample_run("none", 1, {0.12}), sample_run("batch", 1, {0.1})}) {
      set(run, "lr", lr);
      comparison.runs.push_back(run);
    }
  }
  CHECK(found(comparison).headline ==
        "Nothing learns: even the highest, none, with 12.00 % of the test images right, is "
        "near chance, 10.00 %.");
  CHECK_THAT(all_details(comparison),
             ContainsSubstring("Less than 10 points above chance at every lr: none, batch.\n"));
  CHECK_THAT(all_details(comparison), !ContainsSubstring("Within 10 points"));

  comparison.runs[2].epochs.back().test_accuracy = 0.5;
  CHECK_THAT(all_details(comparison), ContainsSubstring("at lr: none 0.1 alone.\n") &&
                                          ContainsSubstring("above chance at every lr: batch.\n"));
}

TEST_CASE("an interim state claims nothing that the runs may still change") {
  Comparison comparison = keel::testing::sample_comparison();
  comparison.target_accuracy = 0.999;
  const std::vector<keel::Run> runs = comparison.runs;
  for (keel::Run run : runs) {
    set(run, "lr", "0.01");
    run.status = keel::RunStatus::kRunning;
    comparison.runs.push_back(run);
  }
  CHECK_THAT(all_details(comparison),
             ContainsSubstring("with all of its seeds so far.\n") &&
                 ContainsSubstring("Within 10 points of its own best so far at lr: "));
}
