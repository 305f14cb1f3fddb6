#include "apps/results/statistics.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <keel/core/error.h>

#include "apps/results/test_curve.h"

namespace keel {
namespace {

// P(|T| < t) for whole degrees of freedom, in closed form: Abramowitz and Stegun 26.7.3 and 26.7.4.
double student_t_central(double t, int degrees) {
  const double theta = std::atan2(t, std::sqrt(degrees));
  const double cosine = std::cos(theta);
  const bool odd = degrees % 2 != 0;
  double term = odd ? cosine : 1;
  double sum = 0;
  for (int i = odd ? 1 : 0; i <= degrees - 2; i += 2) {
    sum += term;
    term *= cosine * cosine * (i + 1) / (i + 2);
  }
  return odd ? (theta + std::sin(theta) * sum) * 2 / std::numbers::pi : std::sin(theta) * sum;
}

double median_images_per_second(const Run& run) {
  std::vector<double> rates;
  for (const EpochResult& epoch : run.epochs) rates.push_back(epoch.images_per_second);
  return median(std::move(rates));
}

TargetSummary summarize_target(const std::vector<const Run*>& runs, double target_accuracy) {
  TargetSummary summary;
  std::vector<double> steps, epochs, seconds;
  for (const Run* run : runs) {
    if (const auto crossing = first_crossing(*run, target_accuracy)) {
      ++summary.reached;
      steps.push_back(crossing->step);
      epochs.push_back(crossing->epoch);
      seconds.push_back(crossing->seconds);
    } else if (is_over(run->status)) {
      ++summary.not_reached;
    }
  }
  if (summary.not_reached > 0) return summary;
  summary.steps = summarize(steps);
  summary.epochs = summarize(epochs);
  summary.seconds = summarize(seconds);
  return summary;
}

void summarize_runs(Variant& variant, const std::optional<double>& target_accuracy) {
  std::vector<double> accuracies, losses, areas, rates;
  for (const Run* run : variant.runs) {
    rates.push_back(median_images_per_second(*run));
    variant.peak_tensor_bytes = std::max(variant.peak_tensor_bytes, run->peak_tensor_bytes);
    if (run->status == RunStatus::kCompleted) {
      ++variant.completed;
      accuracies.push_back(final_test_accuracy(*run));
      losses.push_back(final_test_loss(*run));
      areas.push_back(accuracy_area(*run));
    } else if (run->status == RunStatus::kDiverged) {
      ++variant.diverged;
    } else if (run->status == RunStatus::kFailed) {
      ++variant.failed;
    } else {
      ++variant.unfinished;
    }
  }
  variant.accuracy = summarize(accuracies);
  variant.loss = summarize(losses);
  variant.area = summarize(areas);
  variant.images_per_second = summarize(rates);
  if (target_accuracy) variant.target = summarize_target(variant.runs, *target_accuracy);
}

// What is finite, each but the ends the median of itself and its neighbours.
std::vector<TestPoint> median_filtered(std::vector<TestPoint> curve) {
  std::erase_if(curve, [](const TestPoint& point) { return !std::isfinite(point.accuracy); });
  std::vector<TestPoint> result = curve;
  for (std::size_t i = 1; i + 1 < curve.size(); ++i) {
    result[i].accuracy = median({curve[i - 1].accuracy, curve[i].accuracy, curve[i + 1].accuracy});
  }
  return result;
}

}  // namespace

Summary summarize(const std::vector<double>& values) {
  std::vector<double> finite;
  std::copy_if(values.begin(), values.end(), std::back_inserter(finite),
               [](double v) { return std::isfinite(v); });
  Summary summary;
  summary.count = static_cast<int>(finite.size());
  if (finite.empty()) return summary;

  double sum = 0;
  for (const double v : finite) sum += v;
  summary.mean = sum / summary.count;
  if (summary.count == 1) return summary;

  double squares = 0;
  for (const double v : finite) squares += (v - summary.mean) * (v - summary.mean);
  summary.deviation = std::sqrt(squares / (summary.count - 1));
  constexpr double kRounding = 1e-9;
  if (summary.deviation <= kRounding * std::max(1.0, std::fabs(summary.mean))) return summary;
  summary.half_width =
      student_t_quantile(0.975, summary.count - 1) * summary.deviation / std::sqrt(summary.count);
  return summary;
}

double median(std::vector<double> values) {
  values.erase(
      std::remove_if(values.begin(), values.end(), [](double v) { return !std::isfinite(v); }),
      values.end());
  if (values.empty()) return kNotMeasured;
  const std::size_t middle = values.size() / 2;
  std::sort(values.begin(), values.end());
  return values.size() % 2 != 0 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double student_t_quantile(double p, int degrees) {
  check(p >= 0.5 && p < 1 && degrees >= 1,
        "student_t_quantile: expected 0.5 <= p < 1 and degrees >= 1, got p = {}, degrees = {}", p,
        degrees);
  const double central = 2 * p - 1;
  double low = 0;
  double high = 1;
  while (student_t_central(high, degrees) < central) high *= 2;
  for (double middle = high / 2; middle > low && middle < high; middle = (low + high) / 2) {
    (student_t_central(middle, degrees) < central ? low : high) = middle;
  }
  return high;
}

std::optional<Crossing> first_crossing(const Run& run, double target_accuracy) {
  std::optional<TestPoint> before;
  for (const TestPoint& point : median_filtered(test_curve(run))) {
    if (point.accuracy < target_accuracy) {
      before = point;
      continue;
    }
    if (!before) return Crossing{point.step, point.epoch, point.seconds};
    const double share = (target_accuracy - before->accuracy) / (point.accuracy - before->accuracy);
    return Crossing{std::lerp(before->step, point.step, share),
                    std::lerp(before->epoch, point.epoch, share),
                    std::lerp(before->seconds, point.seconds, share)};
  }
  return std::nullopt;
}

double accuracy_area(const Run& run) {
  double area = 0, length = 0;
  std::optional<TestPoint> before;
  for (const TestPoint& point : test_curve(run)) {
    if (!std::isfinite(point.accuracy)) continue;
    if (before) {
      const double width = point.step - before->step;
      area += width * (before->accuracy + point.accuracy) / 2;
      length += width;
    }
    before = point;
  }
  return length > 0 ? area / length : kNotMeasured;
}

std::vector<Variant> summarize_variants(const Comparison& comparison) {
  const Axes axes = axes_of(comparison);
  std::vector<Variant> variants;
  const auto find = [&variants](const Place& place) {
    return std::find_if(variants.begin(), variants.end(),
                        [&place](const Variant& variant) { return variant.place == place; });
  };
  for (const Run& run : comparison.runs) {
    Place place = place_of(axes, run);
    auto variant = find(place);
    if (variant == variants.end()) {
      Variant added;
      added.label = axes.main_axis().values[place[axes.main]];
      added.name = axes.name(place);
      added.is_baseline = axes.is_baseline(place[axes.main]);
      added.place = std::move(place);
      variant = variants.insert(variants.end(), std::move(added));
    }
    variant->runs.push_back(&run);
  }
  for (Variant& variant : variants) summarize_runs(variant, comparison.target_accuracy);
  for (Variant& variant : variants) {
    Place place = variant.place;
    place[axes.main] = 0;
    const auto baseline = find(place);
    if (baseline == variants.end()) continue;
    variant.speed_ratio = variant.images_per_second.mean / baseline->images_per_second.mean;
    variant.accuracy_difference = paired_difference(variant, *baseline);
    variant.loss_difference = paired_difference(variant, *baseline, final_test_loss);
    variant.area_difference = paired_difference(variant, *baseline, accuracy_area);
  }
  return variants;
}

bool has_areas(const std::vector<Variant>& variants) {
  return std::any_of(variants.begin(), variants.end(),
                     [](const Variant& variant) { return variant.area.count > 0; });
}

int unfinished_runs(const std::vector<Variant>& variants) {
  int count = 0;
  for (const Variant& variant : variants) count += variant.unfinished;
  return count;
}

Summary paired_difference(const Variant& a, const Variant& b,
                          const std::function<double(const Run&)>& value) {
  std::vector<double> differences;
  for (const Run* run : a.runs) {
    for (const Run* other : b.runs) {
      if (run->seed == other->seed && run->status == RunStatus::kCompleted &&
          other->status == RunStatus::kCompleted) {
        differences.push_back(value(*run) - value(*other));
      }
    }
  }
  return summarize(differences);
}

bool more_accurate(const Variant& a, const Variant& b) {
  if (a.accuracy.count == 0 || b.accuracy.count == 0) return a.accuracy.count > 0;
  return a.accuracy.mean != b.accuracy.mean ? a.accuracy.mean > b.accuracy.mean
                                            : a.loss.mean < b.loss.mean;
}

bool ranks_before(const Variant& a, const Variant& b) {
  const bool both_known = a.accuracy.count > 0 && b.accuracy.count > 0;
  const bool a_safe = a.diverged == 0, b_safe = b.diverged == 0;
  return both_known && a_safe != b_safe ? a_safe : more_accurate(a, b);
}

const Variant* best_variant(const std::vector<Variant>& variants, const std::string& label) {
  const Variant* best = nullptr;
  for (const Variant& variant : variants) {
    if (variant.label != label || variant.accuracy.count == 0) continue;
    if (best == nullptr || ranks_before(variant, *best)) best = &variant;
  }
  return best;
}

}  // namespace keel
