#include "apps/results/finding.h"

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
        "Ranking: batch > none. Ranked last, because runs diverged: layer (85.00 % in 1 of 3 "
        "runs).\n"
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
  comparison.runs = {sample_run("none", 1, {0.5}),   sample_run("none", 2, {0.52}),
                     sample_run("batch", 1, {0.9}),  sample_run("batch", 2, {0.91}),
                     sample_run("group", 1, {0.91}), sample_run("group", 2, {0.89})};
  CHECK(found(comparison).headline ==
        "Highest on average is batch, with 90.50 % of the test images right, 39.50 points more "
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
  comparison.runs = {sample_run("none", 1, {0.5}), sample_run("none", 2, {0.52}),
                     sample_run("batch", 1, {0.9}), sample_run("batch", 2, {0.91}),
                     sample_run("group", 1, {0.9})};
  CHECK(found(comparison).headline ==
        "Highest on average is batch, with 90.50 % of the test images right, 39.50 points more "
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
  for (keel::Run& run : comparison.runs) {
    if (run.settings["lr"] == "1") set(run, "lr", "0.2");
    if (run.settings["lr"] == "0.01") set(run, "lr", "0.05");
  }
  CHECK_THAT(all_details(comparison), ContainsSubstring("batch 0.05 to 0.1; none 0.1 alone.\n"));
}

TEST_CASE("the reference may win, or be missing, or be all there is") {
  Comparison comparison = keel::testing::empty_comparison();
  comparison.runs = {sample_run("none", 1, {0.9}), sample_run("batch", 1, {0.8})};
  comparison.runs.push_back(sample_run("none", 2, {0.91}));
  comparison.runs.push_back(sample_run("batch", 2, {0.82}));
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
  CHECK_THAT(all_details(comparison), ContainsSubstring("of 2 runs 1 has not finished"));
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
  CHECK_THAT(all_details(comparison), ContainsSubstring("at lr: none 0.1, as far as tried.\n") &&
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

TEST_CASE("a variant with diverged runs is not passed over in silence, however accurate") {
  Comparison comparison = keel::testing::empty_comparison();
  comparison.runs = {sample_run("none", 1, {0.5}),  sample_run("none", 2, {0.51}),
                     sample_run("layer", 1, {0.4}), sample_run("layer", 2, {0.42}),
                     sample_run("batch", 1, {0.8}), sample_run("batch", 2, {0.82}),
                     diverged_run("batch", 3)};
  CHECK(found(comparison).headline ==
        "Most accurate of what never diverged is none, with 50.50 % of the test images right.");
  CHECK_THAT(all_details(comparison),
             ContainsSubstring("Ranking: none > layer. Ranked last, because runs diverged: batch "
                               "(81.00 % in 2 of 3 runs).\n"));
}

TEST_CASE("an order claims what its pairs bear out, and tells the pairs that it leaves open") {
  Comparison comparison = keel::testing::empty_comparison();
  const auto add = [&comparison](const char* norm, const std::vector<double>& accuracies) {
    for (std::size_t i = 0; i < accuracies.size(); ++i) {
      comparison.runs.push_back(sample_run(norm, i + 1, {accuracies[i]}));
    }
  };
  add("none", {0.30, 0.31, 0.32});
  add("batch", {0.60, 0.63, 0.61});
  add("group", {0.45, 0.75, 0.60});
  // Group is as good as batch; its spread hides whether it is ahead of none.
  CHECK_THAT(
      all_details(comparison),
      ContainsSubstring("Ranking: batch ≈ group ≈ none. ≈: chance may be all that parts some "
                        "before it from some behind it; told apart are batch from none. Each "
                        "of the 3 pairs is judged at 95 %"));
}

TEST_CASE("equal differences of all seeds are not called certain") {
  Comparison comparison = keel::testing::empty_comparison();
  comparison.runs = {sample_run("none", 1, {0.8}), sample_run("batch", 1, {0.81}),
                     sample_run("none", 2, {0.7}), sample_run("batch", 2, {0.71})};
  CHECK_THAT(found(comparison).headline, ContainsSubstring("2 seeds cannot tell that from chance"));
  CHECK_THAT(all_details(comparison),
             ContainsSubstring("+1.00 points over 2 paired seeds, the same on each, so that there "
                               "is no spread to tell it from chance by."));
}

TEST_CASE("a numeric main axis is called by its name, with its range and whether it ends there") {
  Comparison comparison = keel::testing::empty_comparison();
  for (const auto& [lr, accuracy] : {std::pair{"0.01", 0.5}, {"0.1", 0.8}, {"1", 0.85}}) {
    keel::Run run = sample_run("batch", 1, {accuracy});
    set(run, "lr", lr);
    comparison.runs.push_back(run);
  }
  CHECK_THAT(found(comparison).headline, ContainsSubstring("Highest is lr 1, with 85.00 %"));
  CHECK_THAT(
      all_details(comparison),
      ContainsSubstring("Within 10 points of the best at lr: 0.1 to 1 (≥ 1.00 decades).\n") &&
          ContainsSubstring("Best at an end of what was tried of lr, so that values beyond it may "
                            "be better: 1, the largest tried.\n"));
}

TEST_CASE("no value below 0 is said to be worth trying") {
  Comparison comparison = keel::testing::empty_comparison();
  comparison.axes.emplace_back("dropout");
  for (const auto& [dropout, accuracy] : {std::pair{"0", 0.8}, {"0.2", 0.5}}) {
    keel::Run run = sample_run("batch", 1, {accuracy});
    set(run, "dropout", dropout);
    comparison.runs.push_back(run);
  }
  CHECK_THAT(all_details(comparison), !ContainsSubstring("at an end of"));
}

TEST_CASE("a failed run is told for what it is, and no interim state") {
  Comparison comparison = keel::testing::empty_comparison();
  comparison.runs = {sample_run("none", 1, {0.5}), sample_run("none", 2, {0.51}),
                     sample_run("batch", 1, {0.8}), sample_run("batch", 2, {})};
  comparison.runs[3].status = keel::RunStatus::kFailed;
  CHECK_THAT(all_details(comparison), ContainsSubstring("Failed: 1 of 4 runs (batch: 1 of 2).\n") &&
                                          !ContainsSubstring("Interim") &&
                                          !ContainsSubstring("so far"));
}

TEST_CASE("another leader at another value of an axis is told") {
  Comparison comparison = keel::testing::empty_comparison();
  for (const std::uint64_t seed : {1u, 2u}) {
    const double spread = 0.01 * static_cast<double>(seed);
    for (keel::Run run : {sample_run("batch", seed, {0.9}), sample_run("group", seed, {0.8})}) {
      comparison.runs.push_back(run);
    }
    for (keel::Run run :
         {sample_run("batch", seed, {0.5}), sample_run("group", seed, {0.75 + spread})}) {
      set(run, "batch-size", "2");
      comparison.runs.push_back(run);
    }
  }
  CHECK_THAT(all_details(comparison),
             ContainsSubstring("Ahead of the winner at other values of batch size: group at 2 "
                               "(+26.50 points over batch, 95 % interval +20.15 to +32.85).\n"));
}

TEST_CASE("how many times as fast is told with its interval") {
  Comparison comparison = keel::testing::empty_comparison();
  comparison.target_accuracy = 0.5;
  comparison.runs = {sample_run("none", 1, {0.1, 0.3, 0.6}), sample_run("none", 2, {0.1, 0.2, 0.6}),
                     sample_run("batch", 1, {0.4, 0.8}), sample_run("batch", 2, {0.3, 0.8})};
  CHECK_THAT(all_details(comparison), ContainsSubstring("none after 271 steps") &&
                                          ContainsSubstring(" as many steps.\n") &&
                                          ContainsSubstring(", 2 seeds)"));
}

TEST_CASE("the landscape's roughest moments are compared where there are probes") {
  Comparison comparison = keel::testing::empty_comparison();
  const auto with_change = [](const char* norm, std::uint64_t seed, double change) {
    keel::Run run = sample_run(norm, seed, {0.5 + 0.01 * static_cast<double>(seed)});
    keel::Probe probe;
    probe.landscape.by_rate.gradient_change.high = change;
    run.probes = {probe};
    return run;
  };
  comparison.runs = {with_change("none", 1, 8), with_change("none", 2, 8),
                     with_change("batch", 1, 1), with_change("batch", 2, 2)};
  CHECK_THAT(
      all_details(comparison),
      ContainsSubstring("Largest change of the gradient over 0.5 to 4 of a run’s own learning "
                        "rates along it, over that of none: "
                        "batch 0.177 times (95 % interval"));

  // What explodes is not told by the probes that it survived.
  comparison.runs.push_back(with_change("layer", 1, 0.5));
  comparison.runs.push_back(with_change("layer", 2, INFINITY));
  CHECK_THAT(all_details(comparison), ContainsSubstring("layer not finite in 1 of 2 probes"));
  comparison.runs[1] = with_change("none", 2, INFINITY);
  CHECK_THAT(all_details(comparison),
             ContainsSubstring("The change of the gradient along itself was not finite in 1 of 2 "
                               "probes of none, so that no other is told") &&
                 !ContainsSubstring("over that of none: "));
}
