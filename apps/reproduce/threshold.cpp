#include "apps/reproduce/threshold.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <keel/core/error.h>

#include "apps/text/number_text.h"

namespace keel {
namespace {

std::string text_of(double value, Unit unit) {
  switch (unit) {
    case Unit::kPercent:
      return percent_text(value);
    case Unit::kPoints:
      return points_text(value) + " points";
    case Unit::kFactor:
      return significant_text(value, 3) + " times";
    case Unit::kNumber:
      return significant_text(value, 3);
  }
  throw Error("threshold: expected a Unit");
}

// Ratios are averaged, and have their interval, as logarithms.
void summarize_values(Check& check, Unit unit) {
  const bool logarithmic = unit == Unit::kFactor;
  std::vector<double> values = check.values;
  if (logarithmic) {
    for (double& value : values) value = std::log(value);
  }
  const Summary summary = summarize(values);
  // Where all seeds have the same value, as those of a net at chance do, it is judged as it is.
  const bool equal = summary.count > 1 && std::isnan(summary.half_width);
  const double half_width = equal ? 0 : summary.half_width;
  const auto back = [logarithmic](double value) { return logarithmic ? std::exp(value) : value; };
  check.mean = back(summary.mean);
  check.low = back(summary.mean - half_width);
  check.high = back(summary.mean + half_width);
}

Holds judged(const Check& check, const Threshold& threshold) {
  const double rounding = 1e-9 * std::abs(threshold.value);
  const bool least = threshold.bound == Bound::kAtLeast;
  const double best = least ? check.high : -check.low, worst = least ? check.low : -check.high;
  const double bound = (least ? threshold.value : -threshold.value) - rounding;
  if (worst >= bound) return Holds::kYes;
  return best < bound ? Holds::kNo : Holds::kUndecided;
}

}  // namespace

std::string expectation(const Threshold& threshold) {
  return fmt::format("{} {}", threshold.bound == Bound::kAtLeast ? "at least" : "at most",
                     text_of(threshold.value, threshold.unit));
}

std::string_view holds_name(Holds holds) {
  return holds == Holds::kYes ? "yes" : holds == Holds::kNo ? "no" : "undecided";
}

Check check_threshold(const Threshold& threshold, const Comparison& comparison) {
  Check check;
  check.name = threshold.name;
  check.expected = expectation(threshold);
  for (const std::uint64_t seed : seeds_of(comparison)) {
    check.values.push_back(threshold.measure(SeedRuns(comparison, seed)));
  }
  const auto known =
      std::count_if(check.values.begin(), check.values.end(), [&threshold](double value) {
        return std::isfinite(value) && (threshold.unit != Unit::kFactor || value > 0);
      });
  const std::size_t seeds = check.values.size();
  if (known < static_cast<std::ptrdiff_t>(seeds) || seeds == 0) {
    check.found =
        fmt::format("not told by {} of {} seeds", seeds - static_cast<std::size_t>(known), seeds);
    return check;
  }
  summarize_values(check, threshold.unit);
  check.found = text_of(check.mean, threshold.unit);
  if (seeds == 1) {
    check.found += " (one seed: its spread is not known)";
    return check;
  }
  check.found += fmt::format(" ({} to {}, {} seeds)", text_of(check.low, threshold.unit),
                             text_of(check.high, threshold.unit), seeds);
  check.holds = judged(check, threshold);
  return check;
}

std::string_view verdict_name(Verdict verdict) {
  return verdict == Verdict::kReproduced      ? "reproduced"
         : verdict == Verdict::kNotReproduced ? "not reproduced"
                                              : "not decided";
}

Verdict verdict_of(const std::vector<Check>& checks) {
  const auto any = [&checks](Holds holds) {
    return std::any_of(checks.begin(), checks.end(),
                       [holds](const Check& check) { return check.holds == holds; });
  };
  if (any(Holds::kNo)) return Verdict::kNotReproduced;
  return any(Holds::kUndecided) || checks.empty() ? Verdict::kNotDecided : Verdict::kReproduced;
}

}  // namespace keel
