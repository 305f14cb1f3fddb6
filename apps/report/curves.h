#pragma once
// The learning curves of a report.

#include <string>
#include <vector>

#include "apps/report/figure.h"
#include "apps/report/input.h"

namespace keel {

/// Every metric against steps, epochs and seconds, at each place on the other axes: what the
/// controls "axis1", ..., "split", "across", "scale" and "smooth" choose from.
std::vector<ReportFigure> curve_figures(const ReportInput& input);

/// Whose curves are shown at first, as the control "split" names it: "test", or "train" where steps
/// were logged and no run has more than two measurements of the test images, which make no curve.
std::string first_split(const ReportInput& input);

/// Whether training steps were logged, which a curve of their own shows.
bool has_logged_steps(const ReportInput& input);

/// The loss of each logged step as the mean of it and its neighbours, as many on either side as
/// `share` / 2 of all steps are, fewer near the ends. What is not finite is left out.
std::vector<StepResult> smoothed(const std::vector<StepResult>& steps, double share);

}  // namespace keel
