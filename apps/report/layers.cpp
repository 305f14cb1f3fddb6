#include "apps/report/layers.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "apps/report/parts.h"
#include "apps/report/probe_means.h"
#include "apps/text/number_text.h"

namespace keel {
namespace {

using LayerValues = std::vector<std::pair<std::string, double>>;

struct Measure {
  const char* name;
  bool logarithmic;  // of its tint
  /// Of a probe; the one before it is null for a run's first.
  std::function<LayerValues(const Probe& probe, const Probe* before)> values;
};

template <class Layer>
Measure measure(const char* name, bool logarithmic, std::vector<Layer> Probe::*layers,
                double Layer::*value) {
  return {name, logarithmic, [=](const Probe& probe, const Probe*) {
            LayerValues values;
            for (const Layer& layer : probe.*layers) values.emplace_back(layer.layer, layer.*value);
            return values;
          }};
}

// Of each layer with activations the mean over its units of the change of the median since the
// probe before, in spreads from the 15th to the 85th percentile.
LayerValues drifts(const Probe& probe, const Probe* before) {
  LayerValues values;
  for (const LayerActivity& now : probe.activity) {
    std::vector<double> changes;
    const LayerActivity* then = before == nullptr ? nullptr : activity_of(*before, now.layer);
    for (std::size_t i = 0; then != nullptr && i < std::min(now.units.size(), then->units.size());
         ++i) {
      const UnitPercentiles& unit = now.units[i];
      changes.push_back(std::abs(unit.p50 - then->units[i].p50) / (unit.p85 - unit.p15));
    }
    values.emplace_back(now.layer, summarize(changes).mean);
  }
  return values;
}

// lr / |w|^2: what the step is to a layer whose output does not depend on the scale of its weights
// (van Laarhoven, "L2 Regularization versus Batch and Weight Normalization", 2017).
LayerValues effective_rates(const Probe& probe, const Probe*) {
  LayerValues values;
  for (const LayerUpdate& update : probe.updates) {
    values.emplace_back(update.layer, probe.lr / (update.weight_norm * update.weight_norm));
  }
  return values;
}

LayerValues variance_shifts(const Probe& probe, const Probe*) {
  LayerValues values;
  for (const StatisticsGap& gap : probe.statistics_gap) {
    if (gap.variance_shift) values.emplace_back(gap.layer, *gap.variance_shift);
  }
  return values;
}

std::vector<Measure> measures() {
  return {
      measure("Gradient norm", true, &Probe::updates, &LayerUpdate::gradient_norm),
      measure("Update ratio", true, &Probe::updates, &LayerUpdate::update_ratio),
      {"Effective learning rate", true, effective_rates},
      measure("Dead units", false, &Probe::activity, &LayerActivity::dead),
      {"Drift of activations", true, drifts},
      measure("Covariate shift", true, &Probe::covariate_shift, &CovariateShift::distance),
      measure("Cosine", false, &Probe::covariate_shift, &CovariateShift::cosine),
      measure("Mean gap", true, &Probe::statistics_gap, &StatisticsGap::mean_gap),
      measure("Variance ratio", true, &Probe::statistics_gap, &StatisticsGap::variance_ratio),
      {"Variance shift", true, variance_shifts},
  };
}

// Of one variant: layers in their order, and for each its mean over the seeds at each step.
struct LayerMap {
  const Variant* variant = nullptr;
  std::vector<std::int64_t> steps;
  std::vector<std::string> layers;
  std::map<std::pair<std::string, std::int64_t>, double> values;
};

LayerMap layer_map(const Variant& variant, const Measure& measure) {
  LayerMap map;
  map.variant = &variant;
  std::set<std::int64_t> steps;
  std::map<std::pair<std::string, std::int64_t>, std::vector<double>> of_seeds;
  for (const Run* run : variant.runs) {
    const Probe* before = nullptr;
    for (const Probe& probe : run->probes) {
      steps.insert(probe.step);
      for (const auto& [layer, value] : measure.values(probe, before)) {
        of_seeds[{layer, probe.step}].push_back(value);
        if (std::find(map.layers.begin(), map.layers.end(), layer) == map.layers.end()) {
          map.layers.push_back(layer);
        }
      }
      before = &probe;
    }
  }
  map.steps.assign(steps.begin(), steps.end());
  for (const auto& [where, values] : of_seeds) map.values[where] = summarize(values).mean;
  return map;
}

// Where a value lies between the least and the greatest of all maps.
class Tint {
 public:
  explicit Tint(bool logarithmic) : logarithmic_(logarithmic) {}

  void include(double value) {
    if (!std::isfinite(value) || (logarithmic_ && value <= 0)) return;
    low_ = std::min(low_, value);
    high_ = std::max(high_, value);
  }
  double share(double value) const {
    if (!(low_ < high_)) return 0.5;
    const double part = logarithmic_ ? std::log(value / low_) / std::log(high_ / low_)
                                     : (value - low_) / (high_ - low_);
    return std::clamp(part, 0.0, 1.0);  // a zero lies below every logarithm
  }

 private:
  bool logarithmic_;
  double low_ = std::numeric_limits<double>::infinity();
  double high_ = -std::numeric_limits<double>::infinity();
};

ReportMap report_map(const ReportInput& input, const LayerMap& map, const Measure& measure,
                     const Tint& tint) {
  const Variant& variant = *map.variant;
  ReportMap result{.title = measure.name,
                   .against = "layer",
                   .caption = variant.name,
                   .series = variant.place[input.axes.main],
                   .corner = "layer \\ step"};
  result.shown = agree(input.axes.others(), variant.place, input.shown);
  for (const std::int64_t step : map.steps) {
    result.columns.push_back(count_text(static_cast<double>(step)));
  }
  for (const std::string& layer : map.layers) {
    MapRow row{.name = layer};
    for (const std::int64_t step : map.steps) {
      const auto found = map.values.find({layer, step});
      const double value = found == map.values.end() ? kNotMeasured : found->second;
      row.cells.push_back(std::isfinite(value) ? MapCell{.text = fmt::format("{:.2g}", value),
                                                         .share = tint.share(value)}
                                               : MapCell{});
    }
    result.rows.push_back(std::move(row));
  }
  return result;
}

// Of each variant that was measured.
struct MeasureMaps {
  std::vector<const Variant*> variants;
  std::vector<ReportMap> maps;
};

MeasureMaps maps_of(const ReportInput& input, const Measure& measure) {
  std::vector<LayerMap> maps;
  Tint tint(measure.logarithmic);
  for (const Variant& variant : input.variants) {
    LayerMap map = layer_map(variant, measure);
    if (map.layers.empty()) continue;
    for (const auto& [where, value] : map.values) tint.include(value);
    maps.push_back(std::move(map));
  }
  MeasureMaps result;
  for (const LayerMap& map : maps) {
    result.variants.push_back(map.variant);
    result.maps.push_back(report_map(input, map, measure, tint));
  }
  return result;
}

std::string maps_html(const ReportInput& input, const MeasureMaps& measured) {
  const std::vector<std::size_t> others = input.axes.others();
  std::string text;
  for (std::size_t i = 0; i < measured.maps.size(); ++i) {
    const ReportMap& map = measured.maps[i];
    text += fmt::format("<div class=\"choosable\"{}{}>{}</div>\n",
                        choice_attributes(place_choices(others, measured.variants[i]->place)),
                        map.shown ? "" : " hidden", map_html(map, input.axes));
  }
  return text;
}

}  // namespace

std::vector<ReportMap> layer_maps(const ReportInput& input) {
  std::vector<ReportMap> all;
  for (const Measure& measure : measures()) {
    const bool first = all.empty();
    for (ReportMap& map : maps_of(input, measure).maps) {
      map.shown = map.shown && (first || map.title == all.front().title);
      all.push_back(std::move(map));
    }
  }
  return all;
}

std::vector<LayerValue> layer_values(const Variant& variant) {
  std::vector<LayerValue> all;
  for (const Measure& measure : measures()) {
    const LayerMap map = layer_map(variant, measure);
    for (const std::string& layer : map.layers) {
      for (const std::int64_t step : map.steps) {
        const auto found = map.values.find({layer, step});
        if (found != map.values.end()) all.push_back({measure.name, layer, step, found->second});
      }
    }
  }
  return all;
}

std::string layer_maps_html(const ReportInput& input) {
  std::vector<std::string> names;
  std::string maps;
  for (const Measure& measure : measures()) {
    const std::string html = maps_html(input, maps_of(input, measure));
    if (html.empty()) continue;
    maps += fmt::format("<div class=\"heat layers choosable\" data-measure=\"{}\"{}>\n{}</div>\n",
                        names.size(), names.empty() ? "" : " hidden", html);
    names.emplace_back(measure.name);
  }
  if (names.empty()) return "";
  return "<form class=\"controls\" autocomplete=\"off\">" +
         control("measure", "By layer", numbered(names)) + "</form>\n" + maps;
}

}  // namespace keel
