#pragma once
// What --diagnostics tells about the loss around the weights, and about activations.

#include <string>
#include <vector>

#include "apps/diagnostics/probe.h"
#include "apps/report/figure.h"
#include "apps/report/input.h"

namespace keel {

/// One of the walks along the gradient, as the control "along" offers it.
struct Walk {
  const char* key;
  const char* title;    ///< "In learning rates"
  const char* caption;  ///< "steps of 0.5 to 4 learning rates"
  Descent Landscape::*along;
};

inline constexpr Walk kWalks[] = {
    {"rate", "In learning rates", "steps of 0.5 to 4 learning rates", &Landscape::by_rate},
    {"step", "In common steps", "the same steps for all runs", &Landscape::by_step},
};

/// Over the probed steps, at each place on the other axes and along each walk: the band of losses
/// and of gradient changes, and beta smoothness; a cross where one was not finite. Empty without
/// probes.
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

/// Of the unit-th of those units, the mean of a percentile over the probes; NaN where none has it.
double mean_percentile(const std::vector<const Probe*>& probes, const std::string& layer,
                       std::size_t unit, double UnitPercentiles::*percentile);

}  // namespace keel
