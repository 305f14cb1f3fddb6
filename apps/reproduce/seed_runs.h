#pragma once
// The runs of a comparison that share a seed: what a threshold of a reproduction looks at.

#include <functional>
#include <vector>

#include "apps/results/chance.h"
#include "apps/results/results.h"

namespace keel {

/// Keeps a reference to the comparison. What cannot be told, because a run is missing or has not
/// ended, is NaN.
class SeedRuns {
 public:
  SeedRuns(const Comparison& comparison, std::uint64_t seed)
      : comparison_(comparison), seed_(seed), chance_(chance_accuracy(comparison)) {}

  /// A completed run's final test accuracy, chance for one that diverged and so has learnt nothing,
  /// NaN for one that has not ended.
  double accuracy_of(const Run& run) const;

  /// The runs with these settings.
  std::vector<const Run*> with(const Settings& wanted) const;
  /// The one run with these settings; null where there is not exactly one.
  const Run* one(const Settings& wanted) const;
  /// `f` of that.
  double of(const Settings& wanted, const std::function<double(const Run&)>& f) const;
  /// The largest and the smallest `f` of the runs with these settings; NaN if one of them is NaN.
  double largest(const Settings& wanted, const std::function<double(const Run&)>& f) const;
  double smallest(const Settings& wanted, const std::function<double(const Run&)>& f) const;

  /// accuracy_of the one run with these settings; the best and the worst of several.
  double accuracy(const Settings& wanted) const;
  double best_accuracy(const Settings& wanted) const;
  double worst_accuracy(const Settings& wanted) const;

 private:
  const Comparison& comparison_;
  std::uint64_t seed_;
  double chance_;
};

}  // namespace keel
