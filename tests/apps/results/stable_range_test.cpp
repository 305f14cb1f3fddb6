#include "apps/results/stable_range.h"

#include "tests/apps/sample_comparison.h"
#include "tests/support/test.h"

using keel::Comparison;
using keel::testing::diverged_run;
using keel::testing::sample_run;
using keel::testing::set;

namespace {

Comparison sweep(const std::vector<std::pair<const char*, double>>& accuracies) {
  Comparison comparison = keel::testing::empty_comparison();
  for (const auto& [lr, accuracy] : accuracies) {
    keel::Run run = accuracy < 0 ? diverged_run("batch", 1) : sample_run("batch", 1, {accuracy});
    set(run, "lr", lr);
    comparison.runs.push_back(run);
    run.settings["norm"] = "none";
    if (accuracy < 0.9) continue;
    comparison.runs.push_back(run);
  }
  return comparison;
}

std::optional<keel::StableRange> range_of(const Comparison& comparison,
                                          double chance = keel::kNotMeasured) {
  const std::vector<keel::Variant> variants = keel::summarize_variants(comparison);
  const keel::Axes axes = keel::axes_of(comparison);
  const std::size_t lr = 1;
  return keel::stable_range(variants, axes, lr, *keel::best_variant(variants, "batch"), chance);
}

}  // namespace

TEST_CASE("the stable range holds what is within ten points of the best") {
  // 0.8 is exactly ten points below; 1 and 3 are not in it.
  const Comparison comparison =
      sweep({{"1", 0.79}, {"0.001", 0.5}, {"0.01", 0.8}, {"0.3", 0.85}, {"0.1", 0.9}, {"3", -1}});
  const keel::Axes axes = keel::axes_of(comparison);
  const auto range = range_of(comparison);
  REQUIRE(range);
  CHECK(keel::range_text(*range, axes.all[1]) == "0.01 to 0.3");
  CHECK(range->decades == Approx(std::log10(30)));
  CHECK_FALSE(range->open);
  CHECK(keel::decades_text(*range) == "1.48");
}

TEST_CASE("a stable range that reaches the end of what was tried may be wider") {
  const auto range = range_of(sweep({{"0.01", 0.9}, {"0.1", 0.85}, {"1", 0.1}}));
  REQUIRE(range);
  CHECK(range->open);
  CHECK(keel::decades_text(*range) == "≥ 1.00");
}

TEST_CASE("a stable range may be one value, and has no decades from zero on") {
  const Comparison alone = sweep({{"0.01", 0.1}, {"0.1", 0.9}, {"1", -1}});
  const auto range = range_of(alone);
  REQUIRE(range);
  CHECK(keel::range_text(*range, keel::axes_of(alone).all[1]) == "0.1 alone");
  CHECK(range->decades == 0);
  const Comparison open = sweep({{"0.01", 0.1}, {"0.1", 0.9}});
  CHECK(keel::range_text(*range_of(open), keel::axes_of(open).all[1]) == "0.1, as far as tried");

  const auto from_zero = range_of(sweep({{"0", 0.9}, {"0.1", 0.9}, {"1", 0.9}}));
  REQUIRE(from_zero);
  CHECK(std::isnan(from_zero->decades));
  CHECK(keel::decades_text(*from_zero) == "–");
}

TEST_CASE("no stable range without a choice of numbers") {
  CHECK_FALSE(range_of(sweep({{"0.1", 0.9}})));
  CHECK_FALSE(range_of(sweep({{"0.1", 0.9}, {"all", 0.9}})));
}

TEST_CASE("a value at which one seed diverged is not stable") {
  Comparison comparison = sweep({{"0.1", 0.9}, {"1", 0.9}});
  keel::Run run = diverged_run("batch", 2);
  set(run, "lr", "1");
  comparison.runs.push_back(run);
  const auto range = range_of(comparison);
  REQUIRE(range);
  CHECK(range->low == range->high);
}

TEST_CASE("a value that fails ends the stable range, whatever lies beyond it") {
  const Comparison low = sweep({{"0.01", 0.88}, {"0.1", 0.2}, {"1", 0.9}, {"3", 0.85}});
  const auto range = range_of(low);
  REQUIRE(range);
  CHECK(keel::range_text(*range, keel::axes_of(low).all[1]) == "1 to 3");
  CHECK(range->open);

  const Comparison diverged = sweep({{"0.01", 0.9}, {"0.1", 0.88}, {"1", -1}, {"3", 0.89}});
  CHECK(keel::range_text(*range_of(diverged), keel::axes_of(diverged).all[1]) == "0.01 to 0.1");
}

TEST_CASE("a run that has not finished leaves the stable range open") {
  Comparison comparison = sweep({{"0.01", 0.1}, {"0.1", 0.9}, {"1", 0.9}, {"3", 0.1}});
  for (keel::Run& run : comparison.runs) {
    if (run.settings["lr"] == "1") run.status = keel::RunStatus::kRunning;
  }
  const auto range = range_of(comparison);
  REQUIRE(range);
  CHECK(range->low == range->high);
  CHECK(range->open);
}

TEST_CASE("what is near chance has no stable range") {
  Comparison comparison = sweep({{"0.01", 0.19}, {"0.1", 0.1}});
  comparison.runs.push_back(sample_run("none", 1, {0.9}));
  CHECK(range_of(comparison));
  CHECK_FALSE(range_of(comparison, 0.1));
  const auto beside = range_of(comparison, 0.09);  // the best is exactly twice chance
  REQUIRE(beside);
  CHECK(beside->low == beside->high);  // what is at chance is not stable, however near the best
}
