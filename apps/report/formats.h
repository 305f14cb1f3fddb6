#pragma once
// The parts of a comparison's report for papers and notebooks.

#include <string>
#include <vector>

#include "apps/results/results.h"

namespace keel {

/// The finding, the results and the stable ranges as Markdown; with probes also the extremes
/// of the landscape, held-out accuracy by statistics, time by op, and layers and their units at the
/// last probe.
std::string report_markdown(const Comparison& comparison);

/// A record per variant: its value on each axis, counts of runs, rank, and means over its seeds
/// with the ends of their 95 % intervals, cut where no such value can lie. With probes also the
/// extremes of the landscape, with null for an infinite one, and under "diagnostics" all of
/// measurements.h. Beside them, the stable ranges.
/// Accuracies are fractions. What is not known is null.
std::string report_json(const Comparison& comparison);

/// The variants' records without what probes measured, as a table with a row for each; what is not
/// known is an empty field.
std::string report_csv(const Comparison& comparison);

/// What probes measured, as a table with a row for each of measurements.h, where an infinite value
/// is an empty field; empty without probes.
std::string diagnostics_csv(const Comparison& comparison);

struct FigureFile {
  std::string name;  ///< "test-accuracy-by-step-lr-0.1.svg"
  std::string svg;
};

/// The figures that the report shows at first, or all of them.
std::vector<FigureFile> report_svgs(const Comparison& comparison, bool all);

}  // namespace keel
