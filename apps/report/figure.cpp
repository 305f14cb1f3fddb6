#include "apps/report/figure.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "apps/report/svg.h"
#include "apps/text/html.h"

namespace keel {
namespace {

std::string json_number(double value, int digits) {
  return std::isfinite(value) ? fmt::format("{:.{}g}", value, digits) : "null";
}

// Steps are whole numbers, and exact.
constexpr int kXDigits = 12, kYDigits = 5;

template <class Value>
std::string json_array(const std::vector<ChartPoint>& line, Value value) {
  std::string text = "[";
  for (const ChartPoint& point : line) {
    if (text.size() > 1) text += ',';
    text += value(point);
  }
  text += ']';
  return text;
}

std::vector<ChartPoint> last_points(const std::vector<ChartTrace>& traces) {
  std::vector<ChartPoint> points;
  for (const ChartTrace& trace : traces) {
    if (!trace.points.empty()) points.push_back(trace.points.back());
  }
  return points;
}

std::string json_table(const LineChart& chart) {
  std::string text = "[";
  for (const ChartSeries& series : chart.series) {
    text += fmt::format(
        R"({}{{"id":{},"ended":{},"x":{},"y":{}}})", text.size() > 1 ? "," : "", series.id,
        json_array(last_points(series.traces),
                   [](const ChartPoint& p) {
                     return fmt::format("[{},{}]", json_number(p.x, kXDigits),
                                        json_number(p.y, kYDigits));
                   }),
        json_array(series.line, [](const ChartPoint& p) { return json_number(p.x, kXDigits); }),
        json_array(series.line, [](const ChartPoint& p) {
          return fmt::format("[{},{},{}]", json_number(p.y, kYDigits), json_number(p.low, kYDigits),
                             json_number(p.high, kYDigits));
        }));
  }
  return text + "]";
}

}  // namespace

std::size_t FigureData::index_of(const LineChart& chart) {
  std::string table = json_table(chart);
  const auto found = std::find(tables_.rbegin(), tables_.rend(), table);
  if (found != tables_.rend()) return static_cast<std::size_t>(tables_.rend() - found) - 1;
  tables_.push_back(std::move(table));
  return tables_.size() - 1;
}

std::string FigureData::json() const {
  return fmt::format("[{}]", fmt::join(tables_, ",\n"));
}

std::string figure_html(const ReportFigure& figure, FigureData& data) {
  return fmt::format(
      "<figure class=\"chart choosable\"{} data-table=\"{}\" data-x=\"{}\" data-y=\"{}\" "
      "data-band=\"{}\"{}>"
      "<figcaption><b>{}</b> <span>{}</span></figcaption>{}"
      "<details class=\"values\"><summary>Values</summary></details></figure>\n",
      choice_attributes(figure.choices), data.index_of(figure.chart), html_escape(figure.x_word),
      figure.percent ? "percent" : "number", html_escape(figure.band),
      figure.shown ? "" : " hidden", html_escape(figure.title), html_escape(figure.caption),
      svg(figure.chart));
}

std::string figure_svg(const ReportFigure& figure) {
  return chart_file({figure.title, figure.caption, figure.chart.series}, figure.chart);
}

ChartSeries main_series(const Axes& axes, std::size_t value) {
  ChartSeries series;
  series.id = static_cast<int>(value);
  series.name = axes.main_axis().label(value);
  series.colour = series_colour(axes, value);
  series.dashed = series_dashed(axes, value);
  return series;
}

ChartAxis value_axis(double low, double high, bool percent, bool logarithmic) {
  if (low > high) {  // nothing to show
    low = percent ? 0 : 0.1;
    high = 1;
  }
  constexpr double kLargest = 1e300;  // margins and distances stay finite
  low = std::clamp(low, -kLargest, kLargest);
  high = std::clamp(high, -kLargest, kLargest);
  ChartAxis axis;
  axis.logarithmic = logarithmic;
  if (logarithmic) {
    constexpr double kSmallest = 1e-9;
    axis.low = std::max(low, kSmallest) / 1.1;
    axis.high = std::max(high, 2 * axis.low) * 1.1;
    return axis;
  }
  if (percent) {
    axis.unit = 0.01;
    axis.suffix = " %";
  }
  // Out to the next round number, so that the first and the last line of the grid are the frame.
  const double margin = std::max(high - low, 1e-3 * std::max(std::fabs(high), 1.0)) * 0.02;
  const std::vector<double> ticks = round_ticks(low - margin, high + margin, 5);
  const double step = ticks.size() > 1 ? ticks[1] - ticks[0] : margin;
  axis.low = std::floor((low - margin) / step) * step;
  axis.high = std::ceil((high + margin) / step) * step;
  if (low >= 0) axis.low = std::max(0.0, axis.low);
  if (percent) axis.high = std::min(axis.high, 1.0);
  return axis;
}

}  // namespace keel
