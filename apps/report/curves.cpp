#include "apps/report/curves.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "apps/report/selection.h"
#include "apps/results/test_curve.h"
#include "apps/text/number_text.h"

namespace keel {
namespace {

struct Metric {
  const char* key;
  const char* title;
  const char* split;
  double TestPoint::*on_test;     // or null
  double EpochResult::*on_train;  // or null
  double StepResult::*on_step;    // that on_train is the mean of
  bool loss;
};

constexpr Metric kMetrics[] = {
    {"test_accuracy", "Test accuracy", "test", &TestPoint::accuracy, nullptr, nullptr, false},
    {"test_loss", "Test loss", "test", &TestPoint::loss, nullptr, nullptr, true},
    {"train_accuracy", "Training accuracy", "train", nullptr, &EpochResult::train_accuracy,
     &StepResult::accuracy, false},
    {"train_loss", "Training loss", "train", nullptr, &EpochResult::train_loss, &StepResult::loss,
     true},
};

enum class Across { kSteps, kEpochs, kSeconds };

struct AcrossNames {
  Across across;
  const char* word;    // of one value
  const char* plural;  // in a description
  const char* label;   // of the axis
};

constexpr AcrossNames kAcross[] = {
    {Across::kSteps, "step", "steps", "training steps"},
    {Across::kEpochs, "epoch", "epochs", "epochs"},
    {Across::kSeconds, "seconds", "seconds", "seconds of training"},
};

struct Smoothing {
  const char* key;
  double share;
};

constexpr Smoothing kSmoothings[] = {{"none", 0}, {"light", 0.02}, {"strong", 0.1}};

struct CurvePoint {
  double step, epoch, seconds, value;

  double at(Across across) const {
    return across == Across::kSteps ? step : across == Across::kEpochs ? epoch : seconds;
  }
};

// The test images are looked at within epochs, too; what training tells is the mean of an epoch.
std::vector<CurvePoint> curve_of(const Run& run, const Metric& metric) {
  std::vector<CurvePoint> curve;
  if (metric.on_test != nullptr) {
    for (const TestPoint& point : test_curve(run)) {
      curve.push_back({point.step, point.epoch, point.seconds, point.*metric.on_test});
    }
    return curve;
  }
  for (const EpochResult& epoch : run.epochs) {
    curve.push_back({static_cast<double>(epoch.step), static_cast<double>(epoch.epoch),
                     epoch.seconds, epoch.*metric.on_train});
  }
  return curve;
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

std::vector<const Run*> completed_runs(const Variant& variant) {
  std::vector<const Run*> runs;
  for (const Run* run : variant.runs) {
    if (run->status == RunStatus::kCompleted) runs.push_back(run);
  }
  return runs;
}

// Mean and range over the completed runs, measurement by measurement: a run that stops early must
// not make the mean of the others jump.
std::vector<ChartPoint> mean_line(const Variant& variant, Across across, const Metric& metric) {
  std::vector<std::vector<CurvePoint>> curves;
  std::size_t longest = 0;
  for (const Run* run : completed_runs(variant)) {
    longest = std::max(longest, curves.emplace_back(curve_of(*run, metric)).size());
  }
  std::vector<ChartPoint> line;
  for (std::size_t i = 0; i < longest; ++i) {
    std::vector<double> xs, ys;
    Range band;
    for (const std::vector<CurvePoint>& curve : curves) {
      if (i >= curve.size()) continue;
      xs.push_back(curve[i].at(across));
      ys.push_back(curve[i].value);
      band.include(ys.back());
    }
    line.push_back({summarize(xs).mean, summarize(ys).mean, band.low, band.high});
  }
  return line;
}

// A run that did not complete, up to where it stands. The step at which it diverged is known, the
// epoch and the second are taken from its pace until then.
ChartTrace single_trace(const Run& run, Across across, const Metric& metric) {
  ChartTrace trace;
  trace.crossed = run.status == RunStatus::kDiverged;
  std::optional<CurvePoint> last;
  for (const CurvePoint& point : curve_of(run, metric)) {
    if (!std::isfinite(point.at(across))) continue;  // an epoch that did not end
    trace.points.push_back({point.at(across), point.value, 0, 0});
    last = point;
  }
  if (!run.diverged) return trace;
  const auto step = static_cast<double>(run.diverged->step);
  if (!last) {
    const double nowhere = metric.loss ? std::numeric_limits<double>::infinity() : 0;
    trace.points.push_back({across == Across::kSteps ? step : 0, nowhere, 0, 0});
  } else {
    const double growth = last->step > 0 ? step / last->step : 1;
    trace.points.push_back({last->at(across) * growth, last->value, 0, 0});
  }
  return trace;
}

// Points drawn from logged steps: enough for the width of a chart, each the mean of its neighbours.
constexpr std::size_t kStepPoints = 240;

std::vector<ChartPoint> step_line(const std::vector<const Run*>& runs, double StepResult::*value,
                                  double share) {
  std::map<std::int64_t, std::vector<double>> values_at;
  for (const Run* run : runs) {
    for (const StepResult& step : smoothed(run->steps, share)) {
      values_at[step.step].push_back(step.*value);
    }
  }
  const std::size_t stride = values_at.size() / kStepPoints + 1;
  std::vector<ChartPoint> line;
  std::vector<double> xs, ys;
  Range band;
  for (const auto& [step, values] : values_at) {
    xs.push_back(static_cast<double>(step));
    for (const double one : values) {
      ys.push_back(one);
      band.include(one);
    }
    if (xs.size() < stride && step != values_at.rbegin()->first) continue;
    line.push_back({summarize(xs).mean, summarize(ys).mean, band.low, band.high});
    xs.clear();
    ys.clear();
    band = Range{};
  }
  return line;
}

ChartTrace step_trace(const Run& run, double StepResult::*value, double share) {
  ChartTrace trace{step_line({&run}, value, share), run.status == RunStatus::kDiverged};
  if (run.diverged) {
    const double last = trace.points.empty() ? kNotMeasured : trace.points.back().y;
    trace.points.push_back({static_cast<double>(run.diverged->step), last, 0, 0});
  }
  return trace;
}

ChartAxis across_axis(const AcrossNames& names, double high) {
  ChartAxis axis;
  axis.high = high > 0 ? high : 1;
  axis.label = names.label;
  if (names.across != Across::kSeconds) return axis;
  constexpr double kMinute = 60, kHour = 3600;
  axis.unit = axis.high > 3 * kHour ? kHour : axis.high > 5 * kMinute ? kMinute : 1;
  if (axis.unit == kMinute) axis.label = "minutes of training";
  if (axis.unit == kHour) axis.label = "hours of training";
  return axis;
}

double farthest_x(const std::vector<ChartSeries>& all) {
  double farthest = 0;
  for (const ChartSeries& series : all) {
    for (const ChartPoint& point : series.line) farthest = std::max(farthest, point.x);
    for (const ChartTrace& trace : series.traces) {
      for (const ChartPoint& point : trace.points) farthest = std::max(farthest, point.x);
    }
  }
  return farthest;
}

// Of the bands, or where no run completed, of the traces.
Range range_of(const std::vector<ChartSeries>& all) {
  Range bands, traces;
  for (const ChartSeries& series : all) {
    for (const ChartPoint& point : series.line) {
      bands.include(point.low);
      bands.include(point.high);
    }
    for (const ChartTrace& trace : series.traces) {
      for (const ChartPoint& point : trace.points) traces.include(point.y);
    }
  }
  return bands.empty() ? traces : bands;
}

class CurveWriter {
 public:
  explicit CurveWriter(const ReportInput& input)
      : input_(input), selections_(selections(input)), splits_(curve_splits(input)) {}

  std::vector<ReportFigure> figures() {
    const bool logged = has_logged_steps(input_);
    for (const Metric& metric : kMetrics) {
      if (std::find(splits_.begin(), splits_.end(), metric.split) == splits_.end()) continue;
      for (const AcrossNames& across : kAcross) {
        const bool finer = logged && metric.on_step != nullptr && across.across == Across::kSteps;
        if (finer) {
          for (const Smoothing& smoothing : kSmoothings) add_logged_steps(metric, smoothing);
        } else {
          add_measured(metric, across);
        }
      }
    }
    return std::move(figures_);
  }

 private:
  // What each run has reached whenever that was measured.
  void add_measured(const Metric& metric, const AcrossNames& across) {
    add(
        metric, across, {},
        [&](const Variant& variant) { return mean_line(variant, across.across, metric); },
        [&](const Run& run) { return single_trace(run, across.across, metric); });
  }

  // As the logged steps have it, in place of the mean over each epoch.
  void add_logged_steps(const Metric& metric, const Smoothing& smoothing) {
    const auto line = [&](const Variant& variant) {
      return step_line(completed_runs(variant), metric.on_step, smoothing.share);
    };
    add(metric, kAcross[0], {{"smooth", smoothing.key}}, line,
        [&](const Run& run) { return step_trace(run, metric.on_step, smoothing.share); });
  }

  // A figure per selection and scale. Accuracies have the same range in all of them, so that they
  // can be compared by eye; a loss that grows at one place would flatten those of all others.
  template <class Line, class Trace>
  void add(const Metric& metric, const AcrossNames& across, const FigureChoices& more_choices,
           Line line, Trace trace) {
    Range shared;
    for (const Selection& selection : selections_) {
      const Range own = range_of(series_of(selection, line, trace));
      shared.include(own.low);
      shared.include(own.high);
    }
    for (const Selection& selection : selections_) {
      ReportFigure figure;
      figure.title = metric.title;
      figure.caption = selection.caption;
      figure.x_word = across.word;
      figure.percent = !metric.loss;
      figure.chart.label =
          fmt::format("{} against {}, {}", metric.title, across.plural, figure.caption);
      figure.chart.series = series_of(selection, line, trace);
      figure.chart.x = across_axis(across, farthest_x(figure.chart.series));
      const Range range = metric.loss ? range_of(figure.chart.series) : shared;
      for (const bool logarithmic : {false, true}) {
        if (logarithmic && !metric.loss) continue;
        figure.chart.y = value_axis(range.low, range.high, !metric.loss, logarithmic);
        figure.choices = selection.choices;
        figure.choices.emplace_back("across", across.word);
        figure.choices.emplace_back("split", metric.split);
        if (metric.loss) figure.choices.emplace_back("scale", logarithmic ? "log" : "linear");
        figure.choices.insert(figure.choices.end(), more_choices.begin(), more_choices.end());
        const bool smooth = !more_choices.empty() && more_choices[0].second != kSmoothings[0].key;
        figure.shown = !logarithmic && !smooth && across.across == Across::kSteps &&
                       metric.split == splits_.front() && selection.shown;
        figures_.push_back(figure);
      }
    }
  }

  // The lines of the completed and the traces of the other runs.
  template <class Line, class Trace>
  std::vector<ChartSeries> series_of(const Selection& selection, Line line, Trace trace) const {
    std::vector<ChartSeries> all;
    for (const Variant* variant : selection.variants) {
      ChartSeries& series =
          all.emplace_back(main_series(input_.axes, variant->place[input_.axes.main]));
      series.line = line(*variant);
      for (const Run* run : variant->runs) {
        if (run->status != RunStatus::kCompleted) series.traces.push_back(trace(*run));
      }
    }
    return all;
  }

  const ReportInput& input_;
  const std::vector<Selection> selections_;
  const std::vector<std::string> splits_;
  std::vector<ReportFigure> figures_;
};

}  // namespace

std::vector<ReportFigure> curve_figures(const ReportInput& input) {
  return CurveWriter(input).figures();
}

std::vector<std::string> curve_splits(const ReportInput& input) {
  std::size_t tested = 0, trained = 0;  // points of the longest curve
  for (const Run& run : input.comparison.runs) {
    tested = std::max(tested, test_curve(run).size());
    trained = std::max({trained, run.epochs.size(), run.steps.size()});
  }
  std::vector<std::string> splits;
  if (tested > 1) splits.emplace_back("test");
  const bool much_finer = tested < 3 && has_logged_steps(input);
  if (trained > 1) splits.insert(much_finer ? splits.begin() : splits.end(), "train");
  return splits;
}

bool has_logged_steps(const ReportInput& input) {
  return std::any_of(input.comparison.runs.begin(), input.comparison.runs.end(),
                     [](const Run& run) { return !run.steps.empty(); });
}

std::vector<StepResult> smoothed(const std::vector<StepResult>& steps, double share) {
  const auto reach =
      static_cast<std::size_t>(std::llround(share / 2 * static_cast<double>(steps.size())));
  std::vector<StepResult> smooth = steps;
  for (double StepResult::*value : {&StepResult::loss, &StepResult::accuracy}) {
    // Sums and counts of what lies before each step.
    std::vector<double> sums{0};
    std::vector<int> counts{0};
    for (const StepResult& step : steps) {
      const bool finite = std::isfinite(step.*value);
      sums.push_back(sums.back() + (finite ? step.*value : 0));
      counts.push_back(counts.back() + (finite ? 1 : 0));
    }
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const std::size_t side = std::min({reach, i, steps.size() - 1 - i});
      const std::size_t begin = i - side, end = i + side + 1;
      const int count = counts[end] - counts[begin];
      smooth[i].*value = count > 0 ? (sums[end] - sums[begin]) / count : kNotMeasured;
    }
  }
  return smooth;
}

}  // namespace keel
