#pragma once
// What has to hold of a comparison for a claim to count as reproduced, and whether it does.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/reproduce/seed_runs.h"
#include "apps/results/statistics.h"

namespace keel {

enum class Unit {
  kPercent,  ///< a fraction, told as percent
  kPoints,   ///< a difference of fractions, told as percentage points
  kFactor,   ///< a ratio: its mean over the seeds is geometric
  kNumber,
};

enum class Bound { kAtLeast, kAtMost };

/// Fixed before any run. Of each seed one quantity is measured.
struct Threshold {
  std::string name;
  Bound bound;
  double value;
  Unit unit;
  std::function<double(const SeedRuns&)> measure;  ///< NaN where it cannot be told
  bool in_quick = true;                            ///< whether the quick budget has the runs for it
};

/// "at least 8.00 points"
std::string expectation(const Threshold& threshold);

enum class Holds { kYes, kNo, kUndecided };
/// "yes", "no" or "undecided"
std::string_view holds_name(Holds holds);

/// A threshold beside what the runs say.
struct Check {
  std::string name, expected, found;
  Holds holds = Holds::kUndecided;
  std::vector<double> values;                      ///< of each seed
  double mean = kNotMeasured;                      ///< over the seeds
  double low = kNotMeasured, high = kNotMeasured;  ///< its 95 % interval, by Student's t
};

/// Holds where the whole interval lies on the expected side, and does not where all of it lies on
/// the other; undecided in between, with a single seed, or where a seed lacks the runs.
Check check_threshold(const Threshold& threshold, const Comparison& comparison);

enum class Verdict { kReproduced, kNotReproduced, kNotDecided };
/// "reproduced", "not reproduced" or "not decided"
std::string_view verdict_name(Verdict verdict);

/// Reproduced where every check holds, not reproduced where one does not.
Verdict verdict_of(const std::vector<Check>& checks);

}  // namespace keel
