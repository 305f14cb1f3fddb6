#pragma once
// The learning curves of a report: every metric against steps and against seconds, at each place on
// the other axes, as figures between which the report's controls choose.

#include <string>
#include <vector>

#include "apps/axes.h"
#include "apps/statistics.h"

namespace keel {

/// The CSS colour of a value on the main axis, the same in the whole report; the baseline's is
/// neutral.
std::string series_colour(const Axes& axes, std::size_t value);

/// Whether its lines are dashed: the baseline's, and those of a colour that comes a second time.
bool series_dashed(const Axes& axes, std::size_t value);

/// Every combination of values on the axes besides the main one; on that, the first.
std::vector<Place> other_places(const Axes& axes);
/// Whether two places differ at most on the main axis.
bool share_figure(const Axes& axes, const Place& a, const Place& b);
/// What the controls of a page know a figure of that place by: data-axis1="2".
std::string place_choices(const Axes& axes, const Place& place);

/// All figures, each with the choices that show it as data-* attributes; the ones not chosen at
/// first are hidden. `shown` is the place that is chosen.
std::string report_figures(const std::vector<Variant>& variants, const Axes& axes,
                           const Place& shown);

/// The curves' numbers as JSON for the page's tooltips; safe inside a <script> element.
std::string report_data(const std::vector<Variant>& variants, const Axes& axes);

}  // namespace keel
