#pragma once
// The figures of a report: a chart each, the choices that show it, and its numbers for the page's
// script.

#include <string>
#include <vector>

#include "apps/report/parts.h"
#include "apps/text/svg_chart.h"

namespace keel {

struct ReportFigure {
  std::string title;      ///< "Test accuracy"
  std::string caption;    ///< "learning rate 0.1"
  FigureChoices choices;  ///< shown when each control that it names has that value
  bool shown = false;     ///< at first
  LineChart chart;
  std::string x_word;    ///< what stands before a value of x: "step"; "seconds" reads as a duration
  bool percent = false;  ///< y is a fraction, read as a percentage
  std::string band = "lowest to highest";  ///< what a point's low and high are
};

/// The numbers of a page's figures. Figures with the same lines share them.
class FigureData {
 public:
  /// Where the lines of the chart are in the list.
  std::size_t index_of(const LineChart& chart);
  /// The list as JSON, safe inside a <script> element: for each chart its series, as id, x and
  /// [y, low, high].
  std::string json() const;

 private:
  std::vector<std::string> tables_;
};

std::string figure_html(const ReportFigure& figure, FigureData& data);

/// The figure as an SVG file of its own, in light colours, with title, caption and a legend of the
/// series' names.
std::string figure_svg(const ReportFigure& figure);

/// A series of that value on the main axis: its name and look, without lines.
ChartSeries main_series(const Axes& axes, std::size_t value);

/// The limits of an axis for values from low to high: out to the next round numbers, or, on a
/// logarithmic axis, a little beyond.
ChartAxis value_axis(double low, double high, bool percent, bool logarithmic);

}  // namespace keel
