#pragma once
// results.csv: one row per run, for a spreadsheet or a data frame.

#include <filesystem>

#include "apps/results/results.h"

namespace keel {

/// Writes a header and a row per run (RFC 4180); what was not measured is an empty field.
/// Accuracies are fractions; the last epoch's values count; the area is accuracy_area, times to the
/// target as first_crossing has them.
void write_results_csv(const Comparison& comparison, const std::filesystem::path& path);

}  // namespace keel
