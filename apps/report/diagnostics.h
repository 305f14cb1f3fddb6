#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "apps/report/figure.h"
#include "apps/report/input.h"

namespace keel {

/// Of a variant's held-out images, means over its seeds at the last probe.
struct AccuraciesByStatistics {
  std::int64_t step;
  double running, recalibrated, batch;
};
/// Nothing without probes, or without running statistics to choose from.
std::optional<AccuraciesByStatistics> accuracies_by_statistics(const Variant& variant);

/// Everything that --diagnostics measured: the loss landscape, activations, layers over time,
/// accuracies by statistics, and where a step's time goes. Empty without probes.
std::string diagnostics_html(const ReportInput& input, FigureData& data);

}  // namespace keel
