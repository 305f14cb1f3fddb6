#pragma once

#include <string>

#include "apps/report/figure.h"
#include "apps/report/input.h"

namespace keel {

/// Everything that --diagnostics measured: the loss landscape, activations, layers over time,
/// accuracies by statistics, and where a step's time goes. Empty without probes.
std::string diagnostics_html(const ReportInput& input, FigureData& data);

}  // namespace keel
