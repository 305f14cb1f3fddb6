#pragma once
// What each part of a report is made from.

#include <vector>

#include "apps/results/axes.h"
#include "apps/results/ranking.h"
#include "apps/results/statistics.h"

namespace keel {

/// A comparison with all that is computed from it once. The comparison must outlive it.
struct ReportInput {
  explicit ReportInput(const Comparison& from);
  ~ReportInput() = default;
  ReportInput(const ReportInput&) = delete;
  ReportInput& operator=(const ReportInput&) = delete;

  /// The variant at that place, or null.
  const Variant* at(const Place& place) const;

  const Comparison& comparison;
  const std::vector<Variant> variants;
  const Axes axes;
  const std::vector<Ranked> ranking;
  const Variant* best;  ///< null while no run has completed
  const double chance;  ///< chance_accuracy
  const bool interim;   ///< whether any run has not finished
  Place shown;          ///< the best one's: whose figures are shown at first
};

}  // namespace keel
