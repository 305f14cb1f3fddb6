#include "apps/report_charts.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include <fmt/format.h>

#include "apps/html.h"
#include "apps/number_text.h"
#include "apps/svg_chart.h"

namespace keel {
namespace {

struct Metric {
  const char* key;
  const char* title;
  const char* split;
  double EpochResult::*value;
  bool loss;
};

constexpr Metric kMetrics[] = {
    {"test_accuracy", "Test accuracy", "test", &EpochResult::test_accuracy, false},
    {"test_loss", "Test loss", "test", &EpochResult::test_loss, true},
    {"train_accuracy", "Training accuracy", "train", &EpochResult::train_accuracy, false},
    {"train_loss", "Training loss", "train", &EpochResult::train_loss, true},
};

// Besides the neutral one; the style sheet defines them.
constexpr std::size_t kColours = 8;

enum class Across { kSteps, kSeconds };

double across_value(Across across, const EpochResult& epoch) {
  return across == Across::kSteps ? static_cast<double>(epoch.step) : epoch.seconds;
}

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  void include(double value) {
    if (!std::isfinite(value)) return;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  bool empty() const { return low > high; }
};

// Mean and range over the completed runs, epoch by epoch: a run that stops early must not make the
// mean of the others jump.
std::vector<ChartPoint> mean_line(const Variant& variant, Across across,
                                  double EpochResult::*value) {
  std::vector<ChartPoint> line;
  for (std::size_t epoch = 0;; ++epoch) {
    std::vector<double> xs, ys;
    Range band;
    for (const Run* run : variant.runs) {
      if (run->status != RunStatus::kCompleted || epoch >= run->epochs.size()) continue;
      xs.push_back(across_value(across, run->epochs[epoch]));
      ys.push_back(run->epochs[epoch].*value);
      band.include(ys.back());
    }
    if (xs.empty()) return line;
    line.push_back({summarize(xs).mean, summarize(ys).mean, band.low, band.high});
  }
}

// A run that did not complete, up to where it stands. The step at which it diverged is known, the
// second is taken from its speed until then.
ChartTrace single_trace(const Run& run, Across across, const Metric& metric) {
  ChartTrace trace;
  trace.crossed = run.status == RunStatus::kDiverged;
  for (const EpochResult& epoch : run.epochs) {
    trace.points.push_back({across_value(across, epoch), epoch.*metric.value, 0, 0});
  }
  if (!run.diverged) return trace;
  const auto step = static_cast<double>(run.diverged->step);
  if (run.epochs.empty()) {
    const double nowhere = metric.loss ? std::numeric_limits<double>::infinity() : 0;
    trace.points.push_back({across == Across::kSteps ? step : 0, nowhere, 0, 0});
  } else {
    const EpochResult& last = run.epochs.back();
    const double growth = last.step > 0 ? step / static_cast<double>(last.step) : 1;
    trace.points.push_back({across_value(across, last) * growth, last.*metric.value, 0, 0});
  }
  return trace;
}

// Points drawn from logged steps: enough for the width of a chart, each the mean of its neighbours.
constexpr std::size_t kStepPoints = 240;

std::vector<ChartPoint> step_line(const std::vector<const Run*>& runs) {
  std::map<std::int64_t, std::vector<double>> losses;
  for (const Run* run : runs) {
    for (const StepResult& step : run->steps) losses[step.step].push_back(step.loss);
  }
  const std::size_t stride = losses.size() / kStepPoints + 1;
  std::vector<ChartPoint> line;
  std::vector<double> xs, ys;
  Range band;
  for (const auto& [step, values] : losses) {
    xs.push_back(static_cast<double>(step));
    for (const double value : values) {
      ys.push_back(value);
      band.include(value);
    }
    if (xs.size() < stride && step != losses.rbegin()->first) continue;
    line.push_back({summarize(xs).mean, summarize(ys).mean, band.low, band.high});
    xs.clear();
    ys.clear();
    band = Range{};
  }
  return line;
}

std::vector<const Run*> completed_runs(const Variant& variant) {
  std::vector<const Run*> runs;
  for (const Run* run : variant.runs) {
    if (run->status == RunStatus::kCompleted) runs.push_back(run);
  }
  return runs;
}

ChartTrace step_trace(const Run& run) {
  ChartTrace trace{step_line({&run}), run.status == RunStatus::kDiverged};
  if (run.diverged) {
    const double loss = trace.points.empty() ? kNotMeasured : trace.points.back().y;
    trace.points.push_back({static_cast<double>(run.diverged->step), loss, 0, 0});
  }
  return trace;
}

bool has_steps(const std::vector<Variant>& variants) {
  return std::any_of(variants.begin(), variants.end(), [](const Variant& variant) {
    return std::any_of(variant.runs.begin(), variant.runs.end(),
                       [](const Run* run) { return !run->steps.empty(); });
  });
}

class FigureWriter {
 public:
  FigureWriter(const std::vector<Variant>& variants, const Axes& axes, const Place& shown)
      : variants_(variants), axes_(axes), shown_(shown) {}

  std::string text() {
    for (const Place& place : other_places(axes_)) {
      for (const Metric& metric : kMetrics) {
        const bool finer = metric.value == &EpochResult::train_loss && has_steps(variants_);
        if (finer) {
          add_step_figures(place);
        } else {
          add_figures(place, metric, Across::kSteps);
        }
        add_figures(place, metric, Across::kSeconds);
      }
    }
    return std::move(text_);
  }

 private:
  // One range per metric, whatever is chosen, so that figures can be compared by eye.
  Range value_range(const Metric& metric, Across across) const {
    Range completed, all;
    for (const Variant& variant : variants_) {
      for (const ChartPoint& point : mean_line(variant, across, metric.value)) {
        completed.include(point.low);
        completed.include(point.high);
      }
      for (const Run* run : variant.runs) {
        for (const EpochResult& epoch : run->epochs) all.include(epoch.*metric.value);
      }
    }
    return completed.empty() ? all : completed;
  }

  static ChartAxis value_axis(Range range, bool loss, bool logarithmic) {
    if (range.empty()) range = {loss ? 0.1 : 0, 1};
    ChartAxis axis;
    axis.logarithmic = logarithmic;
    if (logarithmic) {
      constexpr double kSmallest = 1e-6;
      axis.low = std::max(range.low, kSmallest) / 1.1;
      axis.high = std::max(range.high, 2 * axis.low) * 1.1;
      return axis;
    }
    if (!loss) {
      axis.unit = 0.01;
      axis.suffix = " %";
    }
    // Out to the next round number, so that the first and the last line of the grid are the frame.
    const double margin = std::max(range.high - range.low, 1e-3) * 0.02;
    const std::vector<double> ticks = round_ticks(range.low - margin, range.high + margin, 5);
    const double step = ticks.size() > 1 ? ticks[1] - ticks[0] : margin;
    axis.low = std::max(0.0, std::floor((range.low - margin) / step) * step);
    axis.high = std::ceil((range.high + margin) / step) * step;
    if (!loss) axis.high = std::min(axis.high, 1.0);
    return axis;
  }

  static ChartAxis across_axis(Across across, double high) {
    ChartAxis axis;
    axis.high = high > 0 ? high : 1;
    if (across == Across::kSteps) {
      axis.label = "training steps";
      return axis;
    }
    constexpr double kMinute = 60, kHour = 3600;
    axis.unit = axis.high > 3 * kHour ? kHour : axis.high > 5 * kMinute ? kMinute : 1;
    axis.label = axis.unit == kHour     ? "hours of training"
                 : axis.unit == kMinute ? "minutes of training"
                                        : "seconds of training";
    return axis;
  }

  // "learning rate 0.1, batch size 64": what varies besides the main axis, else what every run has.
  std::string setting(const Place& place) const {
    std::string text;
    const std::vector<std::size_t> others = axes_.others();
    for (std::size_t axis = 0; axis < axes_.all.size(); ++axis) {
      const bool told = others.empty()
                            ? axis != axes_.main
                            : std::find(others.begin(), others.end(), axis) != others.end();
      if (!told) continue;
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", axis_title(axes_.all[axis].setting),
                          axes_.all[axis].values[place[axis]]);
    }
    return text;
  }

  void add(const LineChart& chart, const std::string& title, const Place& place,
           const std::string& choices, bool hidden) {
    text_ += fmt::format(R"(<figure class="chart"{} {}{}>)"
                         R"(<figcaption><b>{}</b> <span>{}</span></figcaption>{}</figure>)"
                         "\n",
                         place_choices(axes_, place), choices,
                         hidden || !share_figure(axes_, place, shown_) ? " hidden" : "",
                         html_escape(title), html_escape(setting(place)), svg(chart));
  }

  static std::string scale_choice(bool logarithmic) {
    return fmt::format(R"( data-scale="{}")", logarithmic ? "log" : "linear");
  }

  // The lines of the completed and the traces of the other runs at this place, as line(variant) and
  // trace(run) draw them.
  template <class Line, class Trace>
  std::vector<ChartSeries> series_at(const Place& place, Line line, Trace trace) const {
    std::vector<ChartSeries> all;
    for (const Variant& variant : variants_) {
      if (!share_figure(axes_, variant.place, place)) continue;
      const std::size_t value = variant.place[axes_.main];
      ChartSeries& series = all.emplace_back();
      series.id = value;
      series.colour = series_colour(axes_, value);
      series.dashed = series_dashed(axes_, value);
      series.line = line(variant);
      for (const Run* run : variant.runs) {
        if (run->status != RunStatus::kCompleted) series.traces.push_back(trace(*run));
      }
    }
    return all;
  }

  static double farthest_x(const std::vector<ChartSeries>& all) {
    double farthest = 0;
    for (const ChartSeries& series : all) {
      for (const ChartPoint& point : series.line) farthest = std::max(farthest, point.x);
      for (const ChartTrace& trace : series.traces) {
        for (const ChartPoint& point : trace.points) farthest = std::max(farthest, point.x);
      }
    }
    return farthest;
  }

  void add_figures(const Place& place, const Metric& metric, Across across) {
    const bool by_steps = across == Across::kSteps;
    LineChart chart;
    chart.series = series_at(
        place, [&](const Variant& variant) { return mean_line(variant, across, metric.value); },
        [&](const Run& run) { return single_trace(run, across, metric); });
    chart.label = chart_label(metric.title, by_steps ? "steps" : "seconds", place);
    chart.x = across_axis(across, farthest_x(chart.series));
    const Range range = value_range(metric, across);
    for (const bool logarithmic : {false, true}) {
      if (logarithmic && !metric.loss) continue;
      chart.y = value_axis(range, metric.loss, logarithmic);
      const std::string choices = fmt::format(
          R"(data-across="{}" data-split="{}" data-metric="{}"{})", by_steps ? "step" : "seconds",
          metric.split, metric.key, metric.loss ? scale_choice(logarithmic) : "");
      add(chart, metric.title, place, choices,
          logarithmic || !by_steps || metric.split != std::string_view("test"));
    }
  }

  // The training loss as the logged steps have it, in place of its mean over each epoch.
  void add_step_figures(const Place& place) {
    LineChart chart;
    chart.series = series_at(
        place, [](const Variant& variant) { return step_line(completed_runs(variant)); },
        step_trace);
    chart.label = chart_label("Training loss", "logged steps", place);
    chart.x = across_axis(Across::kSteps, farthest_x(chart.series));
    Range range;
    for (const Variant& variant : variants_) {
      for (const ChartPoint& point : step_line(completed_runs(variant))) {
        range.include(point.low);
        range.include(point.high);
      }
    }
    for (const bool logarithmic : {false, true}) {
      chart.y = value_axis(range, true, logarithmic);
      add(chart, "Training loss", place,
          R"(data-across="step" data-split="train" data-metric="step_loss")" +
              scale_choice(logarithmic),
          true);
    }
  }

  std::string chart_label(std::string_view title, std::string_view across,
                          const Place& place) const {
    return fmt::format("{} against {}, {}. Arrow keys read the values.", title, across,
                       setting(place));
  }

  const std::vector<Variant>& variants_;
  const Axes& axes_;
  const Place& shown_;
  std::string text_;
};

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

std::string json_x(const ChartPoint& point) {
  return json_number(point.x);
}

std::string json_band(const ChartPoint& point) {
  return fmt::format("[{},{},{}]", json_number(point.y), json_number(point.low),
                     json_number(point.high));
}

}  // namespace

bool series_dashed(const Axes& axes, std::size_t value) {
  return axes.is_baseline(value) || value > kColours;
}

std::string series_colour(const Axes& axes, std::size_t value) {
  if (axes.is_baseline(value)) return "var(--c0)";
  return fmt::format("var(--c{})", 1 + (value - 1) % kColours);
}

std::vector<Place> other_places(const Axes& axes) {
  std::vector<Place> places{Place(axes.all.size(), 0)};
  for (const std::size_t axis : axes.others()) {
    std::vector<Place> longer;
    for (const Place& place : places) {
      for (std::size_t value = 0; value < axes.all[axis].values.size(); ++value) {
        longer.push_back(place);
        longer.back()[axis] = value;
      }
    }
    places = std::move(longer);
  }
  return places;
}

bool share_figure(const Axes& axes, const Place& a, const Place& b) {
  const std::vector<std::size_t> others = axes.others();
  return std::all_of(others.begin(), others.end(),
                     [&](std::size_t axis) { return a[axis] == b[axis]; });
}

std::string place_choices(const Axes& axes, const Place& place) {
  std::string text;
  for (const std::size_t axis : axes.others()) {
    text += fmt::format(R"( data-axis{}="{}")", axis, place[axis]);
  }
  return text;
}

std::string report_figures(const std::vector<Variant>& variants, const Axes& axes,
                           const Place& shown) {
  return FigureWriter(variants, axes, shown).text();
}

std::string report_data(const std::vector<Variant>& variants, const Axes& axes) {
  std::string text = "[";
  for (const Variant& variant : variants) {
    const std::vector<ChartPoint> steps = step_line(completed_runs(variant));
    text += fmt::format(
        R"({}{{"series":{},"place":[{}],"step":{},"seconds":{},)"
        R"("logged_step":{},"step_loss":{})",
        text.size() > 1 ? "," : "", variant.place[axes.main], fmt::join(variant.place, ","),
        json_array(mean_line(variant, Across::kSteps, &EpochResult::test_loss), json_x),
        json_array(mean_line(variant, Across::kSeconds, &EpochResult::test_loss), json_x),
        json_array(steps, json_x), json_array(steps, json_band));
    for (const Metric& metric : kMetrics) {
      text += fmt::format(R"(,"{}":{})", metric.key,
                          json_array(mean_line(variant, Across::kSteps, metric.value), json_band));
    }
    text += "}\n";
  }
  return text + "]";
}

}  // namespace keel
