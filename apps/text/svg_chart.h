#pragma once
// Line charts as SVG text: lines with bands, single traces, crosses, axes with round ticks. Colours
// and fonts are left to the style sheet of the page.

#include <cstddef>
#include <string>
#include <vector>

namespace keel {

/// A point of a line, with the band around it.
struct ChartPoint {
  double x = 0, y = 0;
  double low = 0, high = 0;
};

/// A thin line, perhaps ended by a cross.
struct ChartTrace {
  std::vector<ChartPoint> points;  ///< low and high are not looked at
  bool crossed = false;
};

/// A line with its band and traces.
struct ChartSeries {
  int id = -1;         ///< data-series of its elements; -1: none
  std::string name{};  ///< for a legend beside the chart
  std::string colour;  ///< any CSS colour
  bool dashed = false;
  bool dots = false;  ///< at the points of the line
  std::vector<ChartPoint> line;
  std::vector<ChartTrace> traces;
};

struct ChartAxis {
  std::string label{};
  double low = 0, high = 1;
  double unit = 1;       ///< ticks are labelled in multiples of this: 60 shows seconds as minutes
  std::string suffix{};  ///< after each tick label, such as " %"
  bool logarithmic = false;     ///< needs 0 < low
  std::vector<double> ticks{};  ///< empty: round numbers
};

struct LineChart {
  std::string label;  ///< what a screen reader says
  ChartAxis x, y;
  std::vector<ChartSeries> series;
};

/// The multiples of 1, 2 or 5 times a power of ten in [low, high], about `count` of them.
std::vector<double> round_ticks(double low, double high, int count);

/// 1, 2 and 5 times each power of ten in [low, high], or only the powers when those are many. Where
/// that makes fewer than three, 1 to 9 times each power, else round_ticks.
std::vector<double> logarithmic_ticks(double low, double high);

/// The drawing's size, in the units of its viewBox.
inline constexpr double kChartWidth = 560, kChartHeight = 330;

/// The chart as one <svg> element. Its data-* attributes tell scripts the plot's box, its ranges
/// and which of x and y are logarithmic. Lines have the property `color` of their series. Points
/// that are not finite are left out; what lies outside the ranges is clipped.
std::string svg(const LineChart& chart);

}  // namespace keel
