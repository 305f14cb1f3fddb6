#pragma once
// How far the result depends on a number: learning rate, batch size, initial scale, depth.

#include <string>
#include <vector>

#include "apps/report/figure.h"
#include "apps/report/input.h"

namespace keel {

/// Final accuracy against each numeric axis that varies, at each place on the remaining ones: a
/// line per value of the main axis with the range of its seeds, a cross where runs diverged, x on a
/// logarithmic scale where its values span a factor of ten. The main axis itself, if numeric, gives
/// one line.
std::vector<ReportFigure> sensitivity_figures(const ReportInput& input);

/// For each of these axes besides the main one: each variant's own best value, and its stable
/// range (stable_range.h). Empty when there is none.
std::string stable_ranges_html(const ReportInput& input);

}  // namespace keel
