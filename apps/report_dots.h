#pragma once

#include <string>
#include <vector>

#include "apps/report_charts.h"
#include "apps/statistics.h"

namespace keel {

/// Final test accuracies as rows of dots, one figure per place: a dot for
/// each completed run, the mean and its 95 % interval. Empty when no run completed.
std::string report_dots(const std::vector<Variant>& variants, const Axes& axes, const Place& shown);

}  // namespace keel
