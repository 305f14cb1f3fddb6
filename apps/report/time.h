#pragma once
// Where the time of a step goes.

#include <string>

#include "apps/report/input.h"

namespace keel {

/// A table of ops by variants: the median over the probes of all seeds, without each run's first
/// one, which pays for what is set up once. Its first row sums what a normalisation may cause: all
/// ops but convolutions, products, pooling, loss and optimizer. Empty without probes.
std::string time_table_html(const ReportInput& input);

}  // namespace keel
