#pragma once
// Parts of a report as SVG files of their own.

#include <string>
#include <vector>

#include "apps/text/svg_chart.h"

namespace keel {

struct SvgHeading {
  std::string title, caption;
  std::vector<ChartSeries> legend{};  ///< of the series' names
};

/// A file in light colours: the heading above a drawing of that size, which is SVG, too.
std::string svg_file(const SvgHeading& heading, double width, double height,
                     const std::string& drawing);
/// The same of a chart.
std::string chart_file(const SvgHeading& heading, const LineChart& chart);

}  // namespace keel
