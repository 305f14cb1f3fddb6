#pragma once
// Final accuracies by settings, as maps.

#include <string>
#include <vector>

#include "apps/report/input.h"
#include "apps/report/map.h"

namespace keel {

/// Each other axis against the main one, and each two other numeric axes against each other, one
/// map per place on the remaining axes. Empty when nothing besides the main axis varies.
std::vector<ReportMap> heat_maps(const ReportInput& input);

/// The same with their heading and a control "map", which chooses between the axes.
std::string heat_maps_html(const ReportInput& input);

}  // namespace keel
