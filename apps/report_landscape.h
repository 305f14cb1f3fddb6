#pragma once
// What --diagnostics tells about the loss around the weights, and about activations.

#include <string>
#include <vector>

#include "apps/report_figure.h"
#include "apps/report_input.h"

namespace keel {

/// Over the probed steps, at each place on the other axes: the band of losses and of gradient
/// changes along the gradient, and beta smoothness. Empty without probes.
std::vector<ReportFigure> landscape_figures(const ReportInput& input);

/// The 15th, 50th and 85th percentile of a unit's activations over the probed steps, the controls
/// "layer" and "unit" choose which. Empty without probes.
std::vector<ReportFigure> activation_figures(const ReportInput& input);

/// The layers whose activations were measured in any run, in their order, and the largest number of
/// units of one.
struct ProbedUnits {
  std::vector<std::string> layers;
  std::size_t units = 0;
};
ProbedUnits probed_units(const ReportInput& input);

}  // namespace keel
