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

/// Whose images have curves, of two points or more, as the control "split" names them: "test",
/// "train". In front stands what is shown at first: "train" only where steps were logged and no run
/// has more than two measurements of the test images.
std::vector<std::string> curve_splits(const ReportInput& input);

/// Whether training steps were logged, which a curve of their own shows.
bool has_logged_steps(const ReportInput& input);

/// Loss and accuracy of each logged step as the mean of it and its neighbours, as many on either
/// side as `share` / 2 of all steps are, fewer near the ends. What is not finite is left out.
std::vector<StepResult> smoothed(const std::vector<StepResult>& steps, double share);

}  // namespace keel
