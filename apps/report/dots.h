#pragma once
// Final test accuracies as rows of dots.

#include <string>
#include <vector>

#include "apps/report/input.h"
#include "apps/report/parts.h"

namespace keel {

/// The variants of a selection, best first: a dot for each completed run, the mean and its 95 %
/// interval.
struct DotFigure {
  std::string caption;    ///< "learning rate 0.1"; empty where nothing varies
  FigureChoices choices;  ///< under which it is shown; none: always
  std::vector<const Variant*> variants;
  bool shown = false;  ///< at first
};

/// One for each selection in which any run completed.
std::vector<DotFigure> dot_figures(const ReportInput& input);

std::string dots_html(const DotFigure& figure, const Axes& axes);

/// The figure as an SVG file of its own, in light colours.
std::string dots_svg(const DotFigure& figure, const Axes& axes);

}  // namespace keel
