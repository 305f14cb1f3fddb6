#include "apps/results/test_curve.h"

#include <cmath>

#include "tests/apps/sample_comparison.h"
#include "tests/support/test.h"

using keel::Run;
using keel::TestPoint;

TEST_CASE("a run's curve joins the epochs' ends and what lies between them") {
  Run run = keel::testing::sample_run("none", 1, {0.5, 0.7});
  run.evaluations = {{20, 2.0, 0.2}, {100, 1.0, 0.5}, {150, 0.8, 0.6}, {250, 0.6, 0.8}};
  const std::vector<TestPoint> curve = keel::test_curve(run);
  REQUIRE(curve.size() == 5);
  CHECK(curve[0].epoch == Approx(0.2));
  CHECK(curve[0].seconds == Approx(2));
  CHECK(curve[0].loss == 2);
  CHECK(curve[1].step == 100);
  CHECK(curve[1].epoch == 1);
  CHECK(curve[2].accuracy == 0.6);
  CHECK(curve[2].seconds == Approx(15));
  CHECK(curve[3].step == 200);
  // Of an epoch that did not end, by the pace so far.
  CHECK(curve[4].epoch == Approx(2.5));
  CHECK(curve[4].seconds == Approx(25));
}

TEST_CASE("no epoch has told the pace of the first one") {
  Run run;
  CHECK(keel::test_curve(run).empty());
  run.evaluations = {{20, 2.0, 0.2}};
  const std::vector<TestPoint> curve = keel::test_curve(run);
  REQUIRE(curve.size() == 1);
  CHECK(curve[0].step == 20);
  CHECK(std::isnan(curve[0].epoch));
  CHECK(std::isnan(curve[0].seconds));
}
