#pragma once

#include <string>

#include "apps/report_input.h"

namespace keel {

/// Final test accuracies as rows of dots, one figure per place: a dot for
/// each completed run, the mean and its 95 % interval. Empty when no run completed.
std::string report_dots(const ReportInput& input);

}  // namespace keel
