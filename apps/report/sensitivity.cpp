#include "apps/report/sensitivity.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "apps/report/sortable.h"
#include "apps/results/stable_range.h"
#include "apps/results/statistics_text.h"
#include "apps/text/html.h"
#include "apps/text/number_text.h"

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
    figure.title = kFinalAccuracy;
    figure.caption = "against " + axis_title(setting);
    const std::string where = place_text(axes_, fixed, place);
    if (!where.empty()) figure.caption += ", " + where;
    figure.choices = place_choices(fixed, place);
    figure.shown = agree(fixed, place, input_.shown);
    figure.x_word = axis_word(setting);
    figure.percent = true;
    figure.chart.label = fmt::format("{} {}", figure.title, figure.caption);
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
    chart.logarithmic = axis.is_logarithmic();
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

std::string table_row(const ReportInput& input, std::size_t axis, std::size_t value) {
  const Axes& axes = input.axes;
  std::string text = fmt::format("<tr><th scope=\"row\">{}{}</th>", swatch(axes, value),
                                 html_escape(axes.main_axis().label(value)));
  const Variant* best = best_variant(input.variants, axes.main_axis().values[value]);
  if (best == nullptr) {
    text +=
        sortable_cell(kNothingText, kNotMeasured) + sortable_cell("no run completed", kNotMeasured);
    return text + sortable_cell(kNothingText, kNotMeasured) +
           sortable_cell(kNothingText, kNotMeasured) + "</tr>\n";
  }
  const std::size_t at = best->place[axis];
  text += sortable_cell(html_escape(axes.all[axis].label(at)), axes.all[axis].number(at));
  text += sortable_cell(accuracy_text(best->accuracy), best->accuracy.mean);
  const auto range = stable_range(input.variants, axes, axis, *best, input.chance);
  if (range) {
    text += sortable_cell(html_escape(range_text(*range, axes.all[axis])),
                          axes.all[axis].number(range->low));
    text += sortable_cell(decades_text(*range), range->decades);
  } else {
    text += sortable_cell(no_range_text(*best, input.chance), kNotMeasured);
    text += sortable_cell(kNothingText, kNotMeasured);
  }
  return text + "</tr>\n";
}

std::string table_html(const ReportInput& input, std::size_t axis) {
  const Axes& axes = input.axes;
  const std::string title =
      fmt::format("Stable range of {}{}", html_escape(axis_title(axes.all[axis].setting)),
                  input.interim ? " so far" : "");
  std::string heads =
      sortable_head(html_escape(axis_title(axes.main_axis().setting)), SortOrder::kAscending);
  heads += sortable_head("best at", SortOrder::kAscending);
  for (const char* name : {"accuracy there", "within 10 points", "decades"}) {
    heads += sortable_head(name, SortOrder::kDescending);
  }
  std::string text = open_table(title, heads);
  for (std::size_t value = 0; value < axes.main_axis().values.size(); ++value) {
    text += table_row(input, axis, value);
  }
  return text + close_table();
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
