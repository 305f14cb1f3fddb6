#include "apps/report_figure.h"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <string_view>

#include <fmt/format.h>

#include "apps/display_width.h"
#include "apps/html.h"
#include "apps/report_style.h"

namespace keel {
namespace {

std::string json_number(double value) {
  return std::isfinite(value) ? fmt::format("{:.5g}", value) : "null";
}

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

std::string json_table(const LineChart& chart) {
  std::string text = "[";
  for (const ChartSeries& series : chart.series) {
    text +=
        fmt::format(R"({}{{"id":{},"x":{},"y":{}}})", text.size() > 1 ? "," : "", series.id,
                    json_array(series.line, [](const ChartPoint& p) { return json_number(p.x); }),
                    json_array(series.line, [](const ChartPoint& p) {
                      return fmt::format("[{},{},{}]", json_number(p.y), json_number(p.low),
                                         json_number(p.high));
                    }));
  }
  return text + "]";
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
}

// Programs that set papers know no variables of CSS: their values in their place.
void resolve_colours(std::string& text) {
  const std::string_view colours = kLightColours;
  for (std::size_t at = 0; (at = colours.find("--", at)) != std::string_view::npos;) {
    const std::size_t colon = colours.find(':', at), end = colours.find(';', colon);
    const std::string_view value = colours.substr(colon + 2, end - colon - 2);
    replace_all(text, fmt::format("var({})", colours.substr(at, colon - at)), value);
    at = end;
  }
}

// The title, and behind it the caption in as many lines as it takes.
class Heading {
 public:
  Heading(const std::string& title, const std::string& caption)
      : width_(kLetter * static_cast<double>(display_width(title))) {
    open_line();
    text_ += fmt::format(R"(<tspan style="font-weight:bold">{}</tspan>)", html_escape(title));
    std::istringstream words(caption);
    for (std::string word; words >> word;) add(word);
    text_ += "</text>";
  }

  const std::string& text() const { return text_; }
  double end() const { return y_ + 10; }

 private:
  static constexpr double kLine = 18, kLeft = 16, kLetter = 7;

  void open_line() {
    text_ += fmt::format(R"(<text x="{}" y="{}" style="font-size:14px">)", kLeft, y_);
  }
  void add(const std::string& word) {
    const double width = kLetter * static_cast<double>(display_width(word) + 1);
    if (kLeft + width_ + width > kChartWidth) {
      y_ += kLine;
      width_ = 0;
      text_ += "</text>";
      open_line();
    }
    width_ += width;
    text_ += ' ';
    text_ += html_escape(word);
  }

  double y_ = 20, width_;
  std::string text_;
};

// The names of the series side by side, in as many lines as that takes, from y on.
class Legend {
 public:
  Legend(const std::vector<ChartSeries>& all, double y) : y_(y) {
    for (const ChartSeries& series : all) add(series);
  }

  const std::string& text() const { return text_; }
  double end() const { return text_.empty() ? y_ : y_ + kLine; }

 private:
  static constexpr double kLine = 20, kLeft = 16, kLetter = 7.5, kSwatch = 22, kGap = 18;

  void add(const ChartSeries& series) {
    if (series.name.empty()) return;
    const double width = kSwatch + kLetter * static_cast<double>(display_width(series.name)) + kGap;
    if (x_ > kLeft && x_ + width > kChartWidth) {
      x_ = kLeft;
      y_ += kLine;
    }
    text_ +=
        fmt::format(R"(<g class="series{}" style="color:{}"><path class="line" d="M{} {}h16"/></g>)"
                    R"(<text x="{}" y="{}">{}</text>)",
                    series.dashed ? " dashed" : "", series.colour, x_, y_ + 8, x_ + kSwatch,
                    y_ + 12, html_escape(series.name));
    x_ += width;
  }

  double x_ = kLeft, y_;
  std::string text_;
};

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
  constexpr double kMargin = 16;  // the last label across stands half beyond the plot
  const Heading heading(figure.title, figure.caption);
  const Legend legend(figure.chart.series, heading.end());
  const double top = legend.end() + 6;
  std::string text = fmt::format(
      R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" width="{0}" height="{1}">)"
      "\n<style>svg{{font-family:Helvetica,Arial,sans-serif;font-size:12px;fill:{2}}}"
      ".lines{{overflow:visible}}{3}</style>\n"
      R"(<rect width="100%" height="100%" style="fill:{4}"/>{5}{6})"
      R"x(<g transform="translate(0,{7})">)x",
      kChartWidth + kMargin, kChartHeight + top, "var(--ink)", kChartStyle, "var(--card)",
      heading.text(), legend.text(), top);
  text += svg(figure.chart) + "</g></svg>\n";
  resolve_colours(text);
  return text;
}

ChartSeries main_series(const Axes& axes, std::size_t value) {
  ChartSeries series;
  series.id = static_cast<int>(value);
  series.name = axes.main_axis().values[value];
  series.colour = series_colour(axes, value);
  series.dashed = series_dashed(axes, value);
  return series;
}

ChartAxis value_axis(double low, double high, bool percent, bool logarithmic) {
  if (low > high) {  // nothing to show
    low = percent ? 0 : 0.1;
    high = 1;
  }
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
