#include "apps/results/statistics.h"

#include <keel/core/error.h>

#include "tests/apps/sample_comparison.h"
#include "tests/support/test.h"

using keel::Comparison;
using keel::Run;
using keel::Summary;
using keel::Variant;
using keel::testing::diverged_run;
using keel::testing::sample_run;
using keel::testing::set;

TEST_CASE("quantiles of Student's t agree with the printed tables") {
  CHECK(keel::student_t_quantile(0.975, 1) == Approx(12.7062).epsilon(1e-5));
  CHECK(keel::student_t_quantile(0.975, 2) == Approx(4.30265).epsilon(1e-5));
  CHECK(keel::student_t_quantile(0.975, 3) == Approx(3.18245).epsilon(1e-5));
  CHECK(keel::student_t_quantile(0.975, 4) == Approx(2.77645).epsilon(1e-5));
  CHECK(keel::student_t_quantile(0.975, 9) == Approx(2.26216).epsilon(1e-5));
  CHECK(keel::student_t_quantile(0.975, 30) == Approx(2.04227).epsilon(1e-5));
  CHECK(keel::student_t_quantile(0.975, 1000) == Approx(1.96234).epsilon(1e-5));
  CHECK(keel::student_t_quantile(0.95, 5) == Approx(2.01505).epsilon(1e-5));
  CHECK(keel::student_t_quantile(0.5, 5) == Approx(0).margin(1e-12));
  CHECK_THROWS_WITH(keel::student_t_quantile(1, 5), ContainsSubstring("got p = 1, degrees = 5"));
  CHECK_THROWS_AS(keel::student_t_quantile(0.9, 0), keel::Error);
}

TEST_CASE("a summary is the mean, the sample deviation and the t interval") {
  const Summary three = keel::summarize({1, 2, 6});
  CHECK(three.count == 3);
  CHECK(three.mean == Approx(3));
  CHECK(three.deviation == Approx(std::sqrt(7.0)));
  CHECK(three.half_width == Approx(4.30265 * std::sqrt(7.0 / 3)).epsilon(1e-5));

  const Summary one = keel::summarize({5, keel::kNotMeasured});
  CHECK(one.count == 1);
  CHECK(one.mean == 5);
  CHECK(std::isnan(one.deviation));
  CHECK(std::isnan(one.half_width));

  const Summary equal = keel::summarize({0.1, 0.1, 0.1});
  CHECK(equal.deviation < 1e-15);
  CHECK(std::isnan(equal.half_width));  // no spread to tell an interval from

  CHECK(keel::summarize({}).count == 0);
  CHECK(std::isnan(keel::summarize({}).mean));
}

TEST_CASE("the first crossing is interpolated between epochs") {
  const auto between = keel::first_crossing(sample_run("none", 1, {0.5, 0.7, 0.9}), 0.75);
  REQUIRE(between);
  CHECK(between->step == Approx(225));
  CHECK(between->seconds == Approx(22.5));

  const auto at_once = keel::first_crossing(sample_run("none", 1, {0.5, 0.7}), 0.4);
  REQUIRE(at_once);
  CHECK(at_once->step == 100);

  const auto first = keel::first_crossing(sample_run("none", 1, {0.5, 0.8, 0.2, 0.9}), 0.8);
  REQUIRE(first);
  CHECK(first->step == Approx(300));

  CHECK_FALSE(keel::first_crossing(sample_run("none", 1, {0.5, keel::kNotMeasured}), 0.75));
  CHECK_FALSE(keel::first_crossing(Run{}, 0.75));
}

TEST_CASE("one lucky measurement is no crossing") {
  const auto crossing =
      keel::first_crossing(sample_run("none", 1, {0.5, 0.8, 0.5, 0.6, 0.7, 0.8}), 0.65);
  REQUIRE(crossing);
  CHECK(crossing->step == Approx(450));
  // Smoothed 0.5, 0.5, 0.6, 0.6, 0.7, 0.8: a curve that only rises would be as it was.
  CHECK_FALSE(keel::first_crossing(sample_run("none", 1, {0.5, 0.8, 0.5, 0.6}), 0.65));
}

TEST_CASE("equally accurate variants are told apart by their loss") {
  Comparison comparison = keel::testing::empty_comparison();
  comparison.runs = {sample_run("none", 1, {0.5}), sample_run("batch", 1, {0.5})};
  comparison.runs[0].epochs[0].test_loss = 1e6;
  const std::vector<Variant> variants = keel::summarize_variants(comparison);
  CHECK(keel::more_accurate(variants[1], variants[0]));
  CHECK_FALSE(keel::more_accurate(variants[0], variants[1]));
}

TEST_CASE("the area under the accuracy curve is by trapezoids over steps") {
  Run run = sample_run("none", 1, {0.5, 0.7, 0.9});
  CHECK(keel::accuracy_area(run) == Approx(0.7));
  run.epochs[1].step = 250;  // 0.6 over 150 steps, 0.8 over 50
  CHECK(keel::accuracy_area(run) == Approx(0.65));
  run.epochs[1].test_accuracy = keel::kNotMeasured;
  CHECK(keel::accuracy_area(run) == Approx(0.7));
  CHECK(keel::accuracy_area(sample_run("none", 1, {1, 1})) == Approx(1));
  CHECK(std::isnan(keel::accuracy_area(sample_run("none", 1, {0.4}))));
  CHECK(std::isnan(keel::accuracy_area(Run{})));
  const Comparison comparison = keel::testing::sample_comparison();
  CHECK(keel::summarize_variants(comparison)[0].area.mean == Approx((0.6 + 0.7 + 0.55) / 3));
}

TEST_CASE("what is measured within epochs counts for crossing and area") {
  Run run = sample_run("none", 1, {0.5, 0.9});
  run.evaluations = {{50, 1, 0.1}, {100, 1, 0.5}, {150, 1, 0.8}};
  const auto crossing = keel::first_crossing(run, 0.65);
  REQUIRE(crossing);
  CHECK(crossing->step == Approx(125));
  CHECK(crossing->epoch == Approx(1.25));
  CHECK(crossing->seconds == Approx(12.5));
  CHECK(keel::accuracy_area(run) == Approx((0.3 + 0.65 + 0.85) / 3));
}

TEST_CASE("variants gather their seeds and are paired with the reference") {
  const Comparison comparison = keel::testing::sample_comparison();
  const std::vector<Variant> variants = keel::summarize_variants(comparison);
  REQUIRE(variants.size() == 3);
  const Variant& none = variants[0];
  const Variant& batch = variants[1];
  const Variant& layer = variants[2];

  CHECK(batch.label == "batch");
  CHECK(batch.completed == 3);
  CHECK(batch.accuracy.mean == Approx(0.9));
  CHECK(batch.accuracy.deviation == Approx(0.05));
  CHECK(batch.loss.mean == Approx(0.1));
  CHECK(batch.speed_ratio == Approx(0.75));
  CHECK(none.speed_ratio == 1);

  // Differences 0.20, 0.15 and 0.25: the pairing keeps the spread between seeds out.
  CHECK(batch.accuracy_difference.mean == Approx(0.2));
  CHECK(batch.accuracy_difference.deviation == Approx(0.05));
  CHECK(batch.accuracy_difference.half_width ==
        Approx(4.30265 * 0.05 / std::sqrt(3)).epsilon(1e-5));

  CHECK(layer.completed == 1);
  CHECK(layer.diverged == 2);
  CHECK(layer.accuracy.count == 1);
  CHECK(layer.accuracy_difference.count == 1);
  CHECK(layer.accuracy_difference.mean == Approx(0.15));
}

TEST_CASE("runs that never reach the target are counted, not averaged") {
  const Comparison comparison = keel::testing::sample_comparison();
  const std::vector<Variant> variants = keel::summarize_variants(comparison);
  CHECK(variants[0].target.reached == 1);
  CHECK(variants[0].target.not_reached == 2);
  CHECK(variants[0].target.steps.count == 0);  // the mean of those that got there says too much
  CHECK(variants[1].target.reached == 3);
  CHECK(variants[1].target.steps.mean == Approx((150 + 125 + 180) / 3.0));
  CHECK(variants[1].target.seconds.mean == Approx((15 + 12.5 + 18) / 3.0));
  CHECK(variants[2].target.reached == 1);
  CHECK(variants[2].target.not_reached == 2);
}

TEST_CASE("an unfinished run counts neither as a result nor as a failure") {
  Comparison comparison = keel::testing::empty_comparison();
  comparison.target_accuracy = 0.9;
  comparison.runs = {sample_run("none", 1, {0.5}), sample_run("none", 2, {0.5})};
  comparison.runs[1].status = keel::RunStatus::kRunning;
  const Variant variant = keel::summarize_variants(comparison).at(0);
  CHECK(variant.completed == 1);
  CHECK(variant.unfinished == 1);
  CHECK(variant.accuracy.count == 1);
  CHECK(variant.target.not_reached == 1);
}

TEST_CASE("variants differ by learning rate and batch size, each with its own reference") {
  Comparison comparison = keel::testing::empty_comparison();
  comparison.runs = {sample_run("none", 1, {0.5}), sample_run("batch", 1, {0.6}),
                     sample_run("none", 1, {0.3}), sample_run("batch", 1, {0.7})};
  set(comparison.runs[2], "lr", "0.01");
  set(comparison.runs[3], "lr", "0.01");
  set(comparison.runs[3], "batch-size", "128");
  const std::vector<Variant> variants = keel::summarize_variants(comparison);
  REQUIRE(variants.size() == 4);
  CHECK(variants[1].accuracy_difference.mean == Approx(0.1));
  CHECK(variants[3].accuracy_difference.count == 0);
  CHECK(std::isnan(variants[3].speed_ratio));
}

TEST_CASE("the best variant of a normalisation is a reliable one if there is any") {
  Comparison comparison = keel::testing::empty_comparison();
  comparison.runs = {sample_run("batch", 1, {0.9}), diverged_run("batch", 2),
                     sample_run("batch", 1, {0.7}), sample_run("batch", 1, {0.8}),
                     diverged_run("none", 1)};
  set(comparison.runs[2], "lr", "0.01");
  set(comparison.runs[3], "lr", "0.001");
  const std::vector<Variant> variants = keel::summarize_variants(comparison);
  REQUIRE(keel::best_variant(variants, "batch") != nullptr);
  CHECK(keel::best_variant(variants, "batch")->name == "batch (lr 0.001)");
  CHECK(keel::best_variant(variants, "none") == nullptr);

  comparison.runs.erase(comparison.runs.begin() + 2, comparison.runs.begin() + 4);
  const std::vector<Variant> risky = keel::summarize_variants(comparison);
  CHECK(keel::best_variant(risky, "batch")->name == "batch");
}
