#include "apps/reproduce/threshold.h"

#include <cmath>

#include "tests/apps/sample_comparison.h"
#include "tests/support/test.h"

using Catch::Matchers::StartsWith;
using keel::Bound;
using keel::Check;
using keel::Holds;
using keel::SeedRuns;
using keel::Threshold;
using keel::Unit;
using keel::Verdict;
using keel::testing::diverged_run;
using keel::testing::sample_run;

namespace {

// Runs of one normalisation with these accuracies, one seed each.
keel::Comparison with_accuracies(const std::vector<double>& accuracies) {
  keel::Comparison comparison = keel::testing::empty_comparison();
  for (std::size_t i = 0; i < accuracies.size(); ++i) {
    comparison.runs.push_back(sample_run("batch", i + 1, {accuracies[i]}));
  }
  return comparison;
}

Check checked(Bound bound, double value, const std::vector<double>& accuracies,
              Unit unit = Unit::kPercent) {
  const auto accuracy = [](const SeedRuns& runs) { return runs.accuracy({{"norm", "batch"}}); };
  const Threshold threshold{"accuracy", bound, value, unit, accuracy};
  return check_threshold(threshold, with_accuracies(accuracies));
}

}  // namespace

TEST_CASE("threshold: it holds where the whole interval lies on its side") {
  // Mean 0.5, deviation 0.01: +- t(0.975, 2) 0.01 / sqrt(3) = 0.0248.
  const std::vector<double> accuracies{0.49, 0.5, 0.51};
  const Check check = checked(Bound::kAtLeast, 0.47, accuracies);
  CHECK(check.holds == Holds::kYes);
  CHECK(check.mean == Approx(0.5));
  CHECK(check.low == Approx(0.47516).epsilon(1e-4));
  CHECK(check.high == Approx(0.52484).epsilon(1e-4));
  CHECK(check.values == accuracies);
  CHECK(check.expected == "at least 47.00 %");
  CHECK(check.found == "50.00 % (47.52 % to 52.48 %, 3 seeds)");
  CHECK(checked(Bound::kAtLeast, 0.48, accuracies).holds == Holds::kUndecided);
  CHECK(checked(Bound::kAtLeast, 0.52, accuracies).holds == Holds::kUndecided);
  CHECK(checked(Bound::kAtLeast, 0.53, accuracies).holds == Holds::kNo);
  CHECK(checked(Bound::kAtMost, 0.53, accuracies).holds == Holds::kYes);
  CHECK(checked(Bound::kAtMost, 0.5, accuracies).holds == Holds::kUndecided);
  CHECK(checked(Bound::kAtMost, 0.47, accuracies).holds == Holds::kNo);
}

TEST_CASE("threshold: the value itself is on both sides") {
  for (const Bound bound : {Bound::kAtLeast, Bound::kAtMost}) {
    CHECK(checked(bound, 0.3, {0.1 + 0.2, 0.1 + 0.2, 0.1 + 0.2}).holds == Holds::kYes);
    CHECK(checked(bound, 0, {0, 0}).holds == Holds::kYes);
  }
}

TEST_CASE("threshold: the mean of ratios is geometric") {
  const Check check = checked(Bound::kAtLeast, 0.1, {0.2, 0.4, 0.8}, Unit::kFactor);
  CHECK(check.mean == Approx(0.4));
  CHECK(check.high / check.mean == Approx(check.mean / check.low));
  CHECK_THAT(check.found, StartsWith("0.400 times ("));
}

TEST_CASE("threshold: a single seed decides nothing") {
  const Check check = checked(Bound::kAtLeast, 0.1, {0.9});
  CHECK(check.holds == Holds::kUndecided);
  CHECK_THAT(check.found, ContainsSubstring("one seed"));
}

TEST_CASE("threshold: what a seed lacks leaves it undecided") {
  const Check check = checked(Bound::kAtLeast, 0.1, {0.9, NAN, 0.9});
  CHECK(check.holds == Holds::kUndecided);
  CHECK(check.found == "not told by 1 of 3 seeds");
  CHECK(checked(Bound::kAtLeast, 0.1, {}).holds == Holds::kUndecided);
  CHECK(checked(Bound::kAtLeast, 0.1, {0, 0.9, 0.9}, Unit::kFactor).found ==
        "not told by 1 of 3 seeds");  // no factor is 0
}

TEST_CASE("verdict: reproduced where every check holds") {
  const auto verdict = [](std::initializer_list<Holds> all) {
    std::vector<Check> checks;
    for (const Holds holds : all) checks.emplace_back().holds = holds;
    return verdict_of(checks);
  };
  CHECK(verdict({Holds::kYes, Holds::kYes}) == Verdict::kReproduced);
  CHECK(verdict({Holds::kYes, Holds::kUndecided}) == Verdict::kNotDecided);
  CHECK(verdict({Holds::kUndecided, Holds::kNo}) == Verdict::kNotReproduced);
  CHECK(verdict({}) == Verdict::kNotDecided);
}

TEST_CASE("seed runs: a seed's runs are found by their settings") {
  keel::Comparison comparison = keel::testing::empty_comparison();
  comparison.runs = {sample_run("none", 1, {0.5}), sample_run("batch", 1, {0.75}),
                     sample_run("batch", 2, {0.25}), diverged_run("layer", 1, {0.9}),
                     sample_run("group", 1, {0.9})};
  comparison.runs.back().status = keel::RunStatus::kInterrupted;
  comparison.classes = 4;
  CHECK(keel::seeds_of(comparison) == std::vector<std::uint64_t>{1, 2});
  const SeedRuns runs(comparison, 1);
  CHECK(runs.with({{"norm", "batch"}}) == std::vector<const keel::Run*>{&comparison.runs[1]});
  CHECK(runs.with({{"norm", "batch"}, {"lr", "0.3"}}).empty());
  CHECK(runs.with({{"shape", "round"}}).empty());
  CHECK(runs.accuracy({{"norm", "batch"}}) == 0.75);
  CHECK(runs.accuracy({{"norm", "layer"}}) == 0.25);
  CHECK(std::isnan(runs.accuracy({{"norm", "group"}})));
  CHECK(std::isnan(runs.accuracy({{"norm", "instance"}})));
  CHECK(std::isnan(runs.accuracy({})));  // of which one?
}

TEST_CASE("seed runs: the best of runs is known when all of them have ended") {
  keel::Comparison comparison = keel::testing::empty_comparison();
  for (const char* lr : {"0.1", "0.2", "0.3"}) {
    comparison.runs.push_back(sample_run("batch", 1, {std::stod(lr)}));
    keel::testing::set(comparison.runs.back(), "lr", lr);
  }
  const SeedRuns runs(comparison, 1);
  const keel::Settings batch{{"norm", "batch"}};
  CHECK(runs.best_accuracy(batch) == 0.3);
  CHECK(runs.worst_accuracy(batch) == 0.1);
  CHECK(std::isnan(runs.best_accuracy({{"norm", "none"}})));
  comparison.runs[0].status = keel::RunStatus::kPending;
  CHECK(std::isnan(runs.best_accuracy(batch)));
  CHECK(std::isnan(runs.worst_accuracy(batch)));
}
