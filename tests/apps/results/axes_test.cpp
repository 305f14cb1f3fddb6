#include "apps/results/axes.h"

#include "tests/apps/sample_comparison.h"
#include "tests/support/test.h"

using keel::Axes;
using keel::Comparison;
using keel::testing::sample_run;
using keel::testing::set;

TEST_CASE("axes: the first that varies is the main one, its baseline first") {
  Comparison comparison = keel::testing::empty_comparison();
  comparison.runs = {sample_run("batch", 1, {0.5}), sample_run("none", 1, {0.5}),
                     sample_run("batch", 2, {0.5})};
  Axes axes = keel::axes_of(comparison);
  CHECK(axes.main == 0);
  CHECK(axes.baseline == "none");
  CHECK(axes.main_axis().values == std::vector<std::string>{"none", "batch"});
  CHECK(axes.others().empty());
  CHECK(keel::place_of(axes, comparison.runs[0]) == keel::Place{1, 0, 0});
  CHECK(axes.name({1, 0, 0}) == "batch");

  comparison.baseline = "batch";
  axes = keel::axes_of(comparison);
  CHECK(axes.main_axis().values == std::vector<std::string>{"batch", "none"});
}

TEST_CASE("axes: a long number is shown rounded, where that tells it apart") {
  const keel::Axis rates{"lr", {"0.03535533905932738", "0.1", "1000000"}};
  CHECK(rates.label(0) == "0.03536");
  CHECK(rates.label(1) == "0.1");
  CHECK(rates.label(2) == "1e+06");
  CHECK(keel::Axis{"lr", {"0.123456", "0.123457"}}.label(0) == "0.123456");
  CHECK(keel::Axis{"norm", {"batch", "0.123456"}}.label(1) == "0.123456");
}

TEST_CASE("axes: where the normalisation is one, the next axis that varies tells variants apart") {
  Comparison comparison = keel::testing::empty_comparison();
  comparison.runs = {sample_run("batch", 1, {0.5}), sample_run("batch", 1, {0.5}),
                     sample_run("batch", 1, {0.5})};
  set(comparison.runs[1], "lr", "0.01");
  set(comparison.runs[2], "batch-size", "8");
  const Axes axes = keel::axes_of(comparison);
  CHECK(axes.main == 1);
  CHECK(axes.baseline == "0.1");
  CHECK(axes.others() == std::vector<std::size_t>{2});
  CHECK(axes.name(keel::place_of(axes, comparison.runs[2])) == "0.1 (batch size 8)");
  CHECK(axes.main_axis().is_numeric());
  CHECK_FALSE(axes.all[0].is_numeric());
}

TEST_CASE("axes: no runs have no values") {
  const Axes axes = keel::axes_of(Comparison{});
  CHECK(axes.all.empty());
  CHECK(keel::axes_of(keel::testing::empty_comparison()).main_axis().values.empty());
}

TEST_CASE("the values of a numeric axis are put in order of their size") {
  const keel::Axis axis{"lr", {"0.1", "1e-3", "10", "2"}};
  CHECK(axis.number(1) == 0.001);
  CHECK(axis.by_size() == std::vector<std::size_t>{1, 0, 3, 2});
}
