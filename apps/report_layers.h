#pragma once
// What --diagnostics tells layer by layer, as maps over time.

#include <string>

#include "apps/report_input.h"

namespace keel {

/// Gradient norm, update ratio, effective learning rate, dead units, covariate shift and gaps of
/// running statistics: a map per variant with a row for each layer and a column for each probed
/// step. The control "measure" chooses. Empty without probes.
std::string layer_maps_html(const ReportInput& input);

}  // namespace keel
