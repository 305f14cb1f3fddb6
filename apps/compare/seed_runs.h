#pragma once
// The runs of a comparison that share a seed: what a threshold of a reproduction looks at.

#include <functional>
#include <vector>

#include "apps/compare/results.h"

namespace keel {

/// What a net of ten classes gets right that has learnt nothing.
inline constexpr double kChance = 0.1;

/// A completed run's final test accuracy, chance for one that diverged, NaN for one that has not
/// ended.
double accuracy_or_chance(const Run& run);

/// Keeps a reference to the comparison. What cannot be told, because a run is missing or has not
/// ended, is NaN.
class SeedRuns {
 public:
  SeedRuns(const Comparison& comparison, std::uint64_t seed)
      : comparison_(comparison), seed_(seed) {}

  /// The runs with these settings.
  std::vector<const Run*> with(const Settings& wanted) const;
  /// `f` of the one run with these settings.
  double of(const Settings& wanted, const std::function<double(const Run&)>& f) const;
  /// The largest and the smallest `f` of the runs with these settings; NaN if one of them is NaN.
  double largest(const Settings& wanted, const std::function<double(const Run&)>& f) const;
  double smallest(const Settings& wanted, const std::function<double(const Run&)>& f) const;

  double accuracy(const Settings& wanted) const { return of(wanted, accuracy_or_chance); }
  double best_accuracy(const Settings& wanted) const { return largest(wanted, accuracy_or_chance); }

 private:
  const Comparison& comparison_;
  std::uint64_t seed_;
};

/// The seeds of a comparison's runs, in ascending order.
std::vector<std::uint64_t> seeds_of(const Comparison& comparison);

}  // namespace keel
