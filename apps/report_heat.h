#pragma once
// Final accuracies by settings, as tables whose cells are tinted.

#include <string>

#include "apps/report_input.h"

namespace keel {

/// Each other axis against the main one, and each two other numeric axes against each other, one
/// table per place on the remaining axes; a control "map" chooses between them. Empty when nothing
/// besides the main axis varies.
std::string heat_maps_html(const ReportInput& input);

}  // namespace keel
