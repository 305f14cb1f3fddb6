#pragma once

#include <string>

#include "apps/results/results.h"

namespace keel {

/// The end of a report: how every number came about, the commands that repeat the runs, the
/// environment and the data.
std::string method_html(const Comparison& comparison);

}  // namespace keel
