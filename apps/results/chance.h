#pragma once
// What guessing would reach, below which no result says anything.

#include "apps/results/statistics.h"

namespace keel {

/// So far below the best a mean final accuracy still counts as stable: 10 points.
inline constexpr double kStableMargin = 0.1;

/// So far above chance a mean final accuracy has to be to count as learned: 10 points, or as much
/// again as chance where that is less. NaN where chance is.
double learned_margin(double chance);

/// 1 / classes; NaN where they are not known, or fewer than two.
double chance_accuracy(const Comparison& comparison);

/// Whether the mean final accuracy lies learned_margin() or more above chance; true where chance is
/// not known, false without any completed run.
bool beats_chance(const Variant& variant, double chance);

}  // namespace keel
