#pragma once
// What the runs of a comparison say together: each variant over its seeds, and against the
// baseline.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "apps/results/axes.h"
#include "apps/results/results.h"

namespace keel {

/// Mean and spread of a sample. What the sample is too small to tell is NaN.
struct Summary {
  int count = 0;
  double mean = kNotMeasured;
  double deviation = kNotMeasured;  ///< sample deviation, divisor n - 1
  /// 95 % interval: mean +- t(0.975, n - 1) deviation / sqrt(n). NaN where the values are equal,
  /// too: what has no spread tells nothing of its interval.
  double half_width = kNotMeasured;
};

/// Summarises the finite values.
Summary summarize(const std::vector<double>& values);

/// The median of the finite values; NaN without any.
double median(std::vector<double> values);

/// The p quantile of Student's t distribution, 0.5 <= p < 1, whole degrees of freedom >= 1.
double student_t_quantile(double p, int degrees);

/// The instant at which a run's test accuracy first reached a target.
struct Crossing {
  double step = 0;
  double epoch = 0;
  double seconds = 0;
};

/// Of the smoothed curve, in which each measurement (test_curve.h) but the first and the last is
/// the median of itself and its neighbours: so one lucky evaluation is no crossing, and a curve
/// that only rises is as it was. Linear between the two measurements around the crossing; the first
/// one itself when that is already there. Nothing when none reaches the target.
std::optional<Crossing> first_crossing(const Run& run, double target_accuracy);

/// Area under the test accuracy against steps, by the trapezoid rule from the first measurement
/// (test_curve.h) to the last one, over the length between them: 1 is perfect. NaN without two
/// measurements, which it takes to make a curve.
double accuracy_area(const Run& run);

/// How the runs of a variant fared on the way to the target. A completed or diverged run that never
/// reached it is censored: its time is not known, so it is counted instead of averaged.
struct TargetSummary {
  int reached = 0;
  int not_reached = 0;
  Summary steps;    ///< of the runs, if all of them reached it; else nothing
  Summary epochs;   ///< the same
  Summary seconds;  ///< the same
};

/// All runs that differ in nothing but the seed.
struct Variant {
  Place place;                   ///< on axes_of(comparison)
  std::string label;             ///< its value on the main axis: "batch"
  std::string name;              ///< with what else varies: "batch (lr 0.1)"
  bool is_baseline = false;      ///< on the main axis
  std::vector<const Run*> runs;  ///< into the comparison

  int completed = 0;
  int diverged = 0;
  int failed = 0;      ///< ended by something other than training
  int unfinished = 0;  ///< pending, running or interrupted

  Summary accuracy;  ///< final test accuracy of the completed runs
  Summary loss;      ///< final test loss of the completed runs
  Summary area;      ///< accuracy_area of the completed runs
  TargetSummary target;
  Summary images_per_second;           ///< of each run's median epoch
  std::int64_t peak_tensor_bytes = 0;  ///< the largest of the seeds
  double speed_ratio = kNotMeasured;   ///< images_per_second over that of the baseline
  Summary accuracy_difference;         ///< paired_difference to the baseline
  Summary loss_difference;             ///< the same of final test losses
  Summary area_difference;             ///< the same of accuracy_area
};

/// One Variant per place on the axes, in the order of the first run of each. The baseline of a
/// variant is the one that differs from it on the main axis alone. The comparison must outlive the
/// result.
std::vector<Variant> summarize_variants(const Comparison& comparison);

/// Whether any has an area: not where each run has but one measurement.
bool has_areas(const std::vector<Variant>& variants);

/// How many runs are pending, running or interrupted.
int unfinished_runs(const std::vector<Variant>& variants);

/// A run's value minus that of the other variant's run with the same seed, over the seeds that both
/// completed; of final test accuracies unless others are given.
Summary paired_difference(const Variant& a, const Variant& b,
                          const std::function<double(const Run&)>& value = final_test_accuracy);

/// Whether a has the higher mean final accuracy, or the lower loss at the same; a variant without
/// any completed run has the lowest.
bool more_accurate(const Variant& a, const Variant& b);

/// Whether a is the better choice: a variant of which no run diverged goes before one with diverged
/// runs, then the more accurate one. A variant without any completed run comes last.
bool ranks_before(const Variant& a, const Variant& b);

/// The variant with this label that ranks first, or null when none has a completed run.
const Variant* best_variant(const std::vector<Variant>& variants, const std::string& label);

}  // namespace keel
