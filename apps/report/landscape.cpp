#include "apps/report/landscape.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "apps/report/probe_means.h"

namespace keel {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Figures over the probed steps: one per place, with a line and a band for each variant.
class ProbeFigures {
 public:
  explicit ProbeFigures(const ReportInput& input) : input_(input), others_(input.axes.others()) {}

  // point(probes, x) is what a variant has at a step; an infinite upper end stands as a cross.
  template <class Point>
  void add(const ReportFigure& like, bool logarithmic, Point point) {
    for (const Place& place : places_on(input_.axes, others_)) {
      ReportFigure figure = like;
      figure.x_word = "step";
      figure.chart.x.label = "training steps";
      figure.chart.x.high = 1;
      // Of this place alone: one where the loss grows would flatten all others.
      double low = kInfinity, high = -kInfinity;
      int crosses = 0;
      bool empty = true;
      for (const Variant& variant : input_.variants) {
        if (!agree(others_, variant.place, place)) continue;
        ChartSeries& series = figure.chart.series.emplace_back(
            main_series(input_.axes, variant.place[input_.axes.main]));
        for (const auto& [step, probes] : probes_of(variant)) {
          const ChartPoint p = point(probes, static_cast<double>(step));
          const bool cross = p.high == kInfinity;
          const bool known = std::isfinite(p.y) && std::isfinite(p.low) && std::isfinite(p.high);
          if (!cross && !known) continue;
          empty = false;
          figure.chart.x.high = std::max(figure.chart.x.high, p.x);
          if (cross) {
            series.traces.push_back({{{p.x, kInfinity}}, true});
            ++crosses;
            continue;
          }
          series.line.push_back(p);
          if (!logarithmic || p.low > 0) low = std::min(low, p.low);
          high = std::max(high, p.high);
        }
      }
      if (empty) continue;
      const std::string where = place_text(input_.axes, others_, place);
      figure.caption += where.empty() ? "" : ", " + where;
      if (crosses > 0) figure.caption += fmt::format(", ×: {} not finite", crosses);
      figure.chart.label = fmt::format("{}, {}, against steps", figure.title, figure.caption);
      figure.chart.y = value_axis(low, high, false, logarithmic);
      const FigureChoices choices = place_choices(others_, place);
      figure.choices.insert(figure.choices.begin(), choices.begin(), choices.end());
      figure.shown = figure.shown && agree(others_, place, input_.shown);
      figures_.push_back(std::move(figure));
    }
  }

  std::vector<ReportFigure> take() { return std::move(figures_); }

 private:
  const ReportInput& input_;
  const std::vector<std::size_t> others_;
  std::vector<ReportFigure> figures_;
};

ReportFigure titled(const char* title, const char* caption) {
  ReportFigure figure;
  figure.title = title;
  figure.caption = caption;
  figure.shown = true;
  return figure;
}

// The widest band of the seeds, around the mean of `middle`; without an upper end where one has
// none.
template <class BandOf, class Middle>
ChartPoint band_point(const std::vector<const Probe*>& probes, double x, BandOf band,
                      Middle middle) {
  ChartPoint point{x, probe_mean(probes, middle), kInfinity, -kInfinity};
  for (const Probe* probe : probes) {
    const Band own = band(*probe);
    point.low = std::min(point.low, own.low);
    point.high = std::max(point.high, std::isfinite(own.high) ? own.high : kInfinity);
  }
  return point;
}

ReportFigure of_walk(const Walk& walk, const char* title, const char* band) {
  ReportFigure figure = titled(title, "");
  figure.caption = fmt::format("{}, {}", band, walk.caption);
  figure.choices = {{"along", walk.key}};
  figure.shown = &walk == &kWalks[0];
  return figure;
}

void add_walk(ProbeFigures& figures, const Walk& walk) {
  const auto along = [&walk](const Probe& p) -> const Descent& { return p.landscape.*walk.along; };
  for (const bool logarithmic : {false, true}) {
    ReportFigure loss = of_walk(walk, "Loss along the gradient", "lowest to highest");
    loss.choices.emplace_back("scale", logarithmic ? "log" : "linear");
    loss.shown = loss.shown && !logarithmic;
    figures.add(loss, logarithmic, [&](const std::vector<const Probe*>& probes, double x) {
      return band_point(
          probes, x, [&](const Probe& p) { return along(p).loss; },
          [](const Probe& p) { return p.landscape.loss; });
    });
  }
  figures.add(of_walk(walk, "Change of the gradient", "least to greatest"), true,
              [&](const std::vector<const Probe*>& probes, double x) {
                return band_point(
                    probes, x, [&](const Probe& p) { return along(p).gradient_change; },
                    [&](const Probe& p) { return along(p).gradient_change.high; });
              });
  figures.add(of_walk(walk, "Beta smoothness", "largest along the gradient"), true,
              [&](const std::vector<const Probe*>& probes, double x) {
                const auto beta = [&](const Probe& p) { return along(p).beta; };
                return band_point(
                    probes, x,
                    [&](const Probe& p) {
                      return Band{beta(p), beta(p)};
                    },
                    beta);
              });
}

}  // namespace

std::vector<ReportFigure> landscape_figures(const ReportInput& input) {
  if (!has_probes(input)) return {};
  ProbeFigures figures(input);
  for (const Walk& walk : kWalks) add_walk(figures, walk);
  return figures.take();
}

ProbedUnits probed_units(const ReportInput& input) {
  ProbedUnits probed;
  for (const Run& run : input.comparison.runs) {
    for (const Probe& probe : run.probes) {
      for (const LayerActivity& activity : probe.activity) {
        probed.units = std::max(probed.units, activity.units.size());
        const auto known = std::find(probed.layers.begin(), probed.layers.end(), activity.layer);
        if (known == probed.layers.end()) probed.layers.push_back(activity.layer);
      }
    }
  }
  return probed;
}

double mean_percentile(const std::vector<const Probe*>& probes, const std::string& layer,
                       std::size_t unit, double UnitPercentiles::*percentile) {
  return probe_mean(probes, [&](const Probe& probe) {
    const LayerActivity* activity = activity_of(probe, layer);
    const bool has = activity != nullptr && unit < activity->units.size();
    return has ? activity->units[unit].*percentile : kNotMeasured;
  });
}

std::vector<ReportFigure> activation_figures(const ReportInput& input) {
  const ProbedUnits probed = probed_units(input);
  ProbeFigures figures(input);
  for (std::size_t i = 0; i < probed.layers.size(); ++i) {
    for (std::size_t unit = 0; unit < probed.units; ++unit) {
      ReportFigure figure = titled("Activations", "");
      figure.caption =
          fmt::format("layer {}, unit {} of those measured", probed.layers[i], unit + 1);
      figure.band = "15th to 85th percentile";
      figure.choices = {{"layer", fmt::to_string(i)}, {"unit", fmt::to_string(unit)}};
      figure.shown = i == 0 && unit == 0;
      figures.add(figure, false, [&](const std::vector<const Probe*>& probes, double x) {
        const auto percentile = [&](double UnitPercentiles::*p) {
          return mean_percentile(probes, probed.layers[i], unit, p);
        };
        return ChartPoint{x, percentile(&UnitPercentiles::p50), percentile(&UnitPercentiles::p15),
                          percentile(&UnitPercentiles::p85)};
      });
    }
  }
  return figures.take();
}

}  // namespace keel
