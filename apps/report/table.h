#pragma once

#include <string>

#include "apps/report/input.h"

namespace keel {

/// The results of a report: a row per variant, the most accurate first; a script sorts it anew.
std::string results_table_html(const ReportInput& input);

}  // namespace keel
