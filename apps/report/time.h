#pragma once
// Where the time of a step goes.

#include <map>
#include <string>

#include "apps/report/input.h"

namespace keel {

/// The milliseconds of each op in a step of a variant: the median over the probes of all seeds,
/// without each run's first one, which pays for what is set up once. Empty without probes.
std::map<std::string, double> step_times(const Variant& variant);

/// The same as a table of ops by variants. Its first row sums what a normalisation may cause: all
/// ops but convolutions, products, pooling, loss and optimizer.
std::string time_table_html(const ReportInput& input);

}  // namespace keel
