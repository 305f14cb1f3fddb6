#pragma once
// What a comparison found along each of its axes, in plain sentences.

#include <string>
#include <vector>

#include "apps/results/statistics.h"

namespace keel {

/// Axis by axis: where another variant than the winner leads, how much of it each variant stands,
/// whose best value is the last that was tried, and what learns nowhere. `chance` is that of
/// chance.h; `so_far` stands behind what unfinished runs may still change.
std::vector<std::string> axis_findings(const Axes& axes, const std::vector<Variant>& variants,
                                       double chance, const std::string& so_far);

}  // namespace keel
