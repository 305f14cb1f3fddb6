#pragma once
// Where the time of a step goes.

#include <map>
#include <string>

#include "apps/report/input.h"

namespace keel {

/// The milliseconds of each op in a step of a variant: the median over the probes of all seeds,
/// without each run's first one, which pays for what is set up once. Empty without probes.
std::map<std::string, double> step_times(const Variant& variant);

/// The share of a variant's step that its normalisation takes: what all ops but convolutions,
/// products, pooling, loss and optimizer take, less what the same are in the variant that differs
/// in nothing but having no norm, over the step. NaN for that variant itself, where there is none,
/// and without probes.
double normalisation_share(const ReportInput& input, const Variant& variant);

/// step_times as a table of ops by variants. Its first rows are the time of normalisation, by
/// normalisation_share, and of all ops that it counts.
std::string time_table_html(const ReportInput& input);

}  // namespace keel
