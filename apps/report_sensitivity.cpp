#include "apps/report_sensitivity.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "apps/html.h"
#include "apps/number_text.h"
#include "apps/stable_range.h"

namespace keel {
namespace {

bool is_swept(const Axis& axis) {
  return axis.varies() && axis.is_numeric();
}

class SensitivityWriter {
 public:
  explicit SensitivityWriter(const ReportInput& input) : input_(input), axes_(input.axes) {
    for (const Variant& variant : input.variants) {
      if (variant.accuracy.count == 0) continue;
      for (const Run* run : variant.runs) include(*run);
    }
  }

  std::vector<ReportFigure> figures() {
    for (std::size_t axis = 0; axis < axes_.all.size(); ++axis) {
      if (!is_swept(axes_.all[axis])) continue;
      const std::vector<std::size_t> fixed = other_axes(axes_, {axis});
      for (const Place& place : places_on(axes_, fixed)) add(axis, place, fixed);
    }
    return std::move(figures_);
  }

 private:
  void include(const Run& run) {
    const double accuracy = final_test_accuracy(run);
    if (run.status != RunStatus::kCompleted || !std::isfinite(accuracy)) return;
    low_ = std::min(low_, accuracy);
    high_ = std::max(high_, accuracy);
  }

  void add(std::size_t axis, const Place& place, const std::vector<std::size_t>& fixed) {
    ReportFigure figure;
    const std::string setting = axes_.all[axis].setting;
    figure.title = "Final test accuracy";
    figure.caption = "against " + axis_title(setting);
    const std::string where = place_text(axes_, fixed, place);
    if (!where.empty()) figure.caption += ", " + where;
    figure.choices = place_choices(fixed, place);
    figure.shown = agree(fixed, place, input_.shown);
    figure.x_word = axis_word(setting);
    figure.percent = true;
    figure.chart.label =
        fmt::format("{} {}. Arrow keys read the values.", figure.title, figure.caption);
    figure.chart.y = value_axis(low_, high_, true, false);
    figure.chart.x = numeric_axis(axes_.all[axis]);
    if (axis == axes_.main) {
      ChartSeries series;
      series.colour = "var(--accent)";
      series.dots = true;
      add_points(series, axis, place, figure.chart.y);
      figure.chart.series.push_back(std::move(series));
    } else {
      for (std::size_t value = 0; value < axes_.main_axis().values.size(); ++value) {
        ChartSeries series = main_series(axes_, value);
        series.dots = true;
        Place start = place;
        start[axes_.main] = value;
        add_points(series, axis, start, figure.chart.y);
        figure.chart.series.push_back(std::move(series));
      }
    }
    figures_.push_back(std::move(figure));
  }

  // A tick at each value, logarithmic where the values span a factor of ten.
  static ChartAxis numeric_axis(const Axis& axis) {
    ChartAxis chart;
    chart.label = axis_title(axis.setting);
    for (const std::size_t value : axis.by_size()) chart.ticks.push_back(axis.number(value));
    const double low = chart.ticks.front(), high = chart.ticks.back();
    chart.logarithmic = low > 0 && high >= 10 * low;
    constexpr double kMargin = 0.06;  // of the width, on either side
    const double margin =
        chart.logarithmic ? std::pow(high / low, kMargin) : (high - low) * kMargin;
    chart.low = chart.logarithmic ? low / margin : low - margin;
    chart.high = chart.logarithmic ? high * margin : high + margin;
    return chart;
  }

  void add_points(ChartSeries& series, std::size_t axis, Place place, const ChartAxis& y) const {
    for (const std::size_t value : axes_.all[axis].by_size()) {
      place[axis] = value;
      const Variant* variant = input_.at(place);
      if (variant == nullptr) continue;
      ChartPoint point{axes_.all[axis].number(value), variant->accuracy.mean,
                       std::numeric_limits<double>::infinity(), 0};
      for (const Run* run : variant->runs) {
        if (run->status != RunStatus::kCompleted) continue;
        point.low = std::min(point.low, final_test_accuracy(*run));
        point.high = std::max(point.high, final_test_accuracy(*run));
      }
      if (variant->accuracy.count > 0) series.line.push_back(point);
      if (variant->diverged == 0) continue;
      // Where no run is left to stand for the value, at the foot of the figure.
      if (variant->accuracy.count == 0) point.y = y.low;
      series.traces.push_back({{point}, true});
    }
  }

  const ReportInput& input_;
  const Axes& axes_;
  double low_ = std::numeric_limits<double>::infinity();
  double high_ = -std::numeric_limits<double>::infinity();
  std::vector<ReportFigure> figures_;
};

std::string table_html(const ReportInput& input, std::size_t axis) {
  const Axes& axes = input.axes;
  const std::string title = axis_title(axes.all[axis].setting);
  std::string text = fmt::format("<div><h3>Stable range of {}</h3>", html_escape(title));
  text += open_scroll("Stable range of " + html_escape(title));
  text += fmt::format(
      "<table><thead><tr><th scope=\"col\">{}</th><th scope=\"col\">best at</th>"
      "<th scope=\"col\">accuracy there</th><th scope=\"col\">within 10 points</th>"
      "<th scope=\"col\">decades</th></tr></thead><tbody>\n",
      html_escape(axis_title(axes.main_axis().setting)));
  for (std::size_t value = 0; value < axes.main_axis().values.size(); ++value) {
    const std::string& label = axes.main_axis().values[value];
    const Variant* best = best_variant(input.variants, label);
    text += fmt::format("<tr><th scope=\"row\">{}{}</th>", swatch(axes, value), html_escape(label));
    const auto range = best != nullptr ? stable_range(input.variants, axes, axis, *best)
                                       : std::optional<StableRange>();
    text +=
        fmt::format("<td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                    best != nullptr ? html_escape(axes.all[axis].values[best->place[axis]]) : "–",
                    best != nullptr ? accuracy_text(best->accuracy) : "no run completed",
                    range ? html_escape(range_text(*range, axes.all[axis])) : "–",
                    range ? decades_text(*range) : "–");
  }
  return text + "</tbody></table>" + kCloseScroll + "</div>\n";
}

}  // namespace

std::vector<ReportFigure> sensitivity_figures(const ReportInput& input) {
  return SensitivityWriter(input).figures();
}

std::string stable_ranges_html(const ReportInput& input) {
  std::string text;
  for (const std::size_t axis : input.axes.others()) {
    if (is_swept(input.axes.all[axis])) text += table_html(input, axis);
  }
  return text.empty() ? "" : "<div class=\"heat plain\">" + text + "</div>\n";
}

}  // namespace keel
