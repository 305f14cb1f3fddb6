#include "apps/report/measurements.h"

#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "apps/report/diagnostics.h"
#include "apps/report/landscape.h"
#include "apps/report/layers.h"
#include "apps/report/probe_means.h"
#include "apps/report/time.h"

namespace keel {
namespace {

void add_accuracies(std::vector<Measurement>& all, const Variant& variant) {
  const auto accuracies = accuracies_by_statistics(variant);
  if (!accuracies) return;
  for (const auto& [of, value] : {std::pair{"running", accuracies->running},
                                  std::pair{"recalibrated", accuracies->recalibrated},
                                  std::pair{"of the batch", accuracies->batch}}) {
    all.push_back({&variant, Measured::kAccuracy, kHeldOutAccuracy, of, accuracies->step, value});
  }
}

void add_times(std::vector<Measurement>& all, const ReportInput& input, const Variant& variant) {
  for (const auto& [op, milliseconds] : step_times(variant)) {
    all.push_back({&variant, Measured::kTime, kStepTime, op, std::nullopt, milliseconds});
  }
  if (const double share = normalisation_share(input, variant); !std::isnan(share)) {
    all.push_back({&variant, Measured::kTime, kStepShare, "normalisation", std::nullopt, share});
  }
}

struct LandscapeMeasure {
  const char *measure, *of;
  double (*value)(const Landscape& landscape, const Descent& along);
};

constexpr LandscapeMeasure kLandscapeMeasures[] = {
    {"Loss band", "lowest", [](const Landscape&, const Descent& along) { return along.loss.low; }},
    {"Loss band", "at the weights",
     [](const Landscape& landscape, const Descent&) { return landscape.loss; }},
    {"Loss band", "highest",
     [](const Landscape&, const Descent& along) { return along.loss.high; }},
    {"Gradient change", "least",
     [](const Landscape&, const Descent& along) { return along.gradient_change.low; }},
    {"Gradient change", "greatest",
     [](const Landscape&, const Descent& along) { return along.gradient_change.high; }},
    {"Beta smoothness", "largest",
     [](const Landscape&, const Descent& along) { return along.beta; }},
};

void add_landscape(std::vector<Measurement>& all, const Variant& variant,
                   const ProbesByStep& by_step) {
  for (const Walk& walk : kWalks) {
    for (const LandscapeMeasure& measure : kLandscapeMeasures) {
      for (const auto& [step, probes] : by_step) {
        double sum = 0;
        for (const Probe* probe : probes) {
          const double value = measure.value(probe->landscape, probe->landscape.*walk.along);
          sum += std::isfinite(value) ? value : std::numeric_limits<double>::infinity();
        }
        all.push_back({&variant, Measured::kLandscape,
                       fmt::format("{} by {}", measure.measure, walk.key), measure.of, step,
                       sum / static_cast<double>(probes.size())});
      }
    }
  }
}

void add_layers(std::vector<Measurement>& all, const Variant& variant) {
  for (LayerValue& value : layer_values(variant)) {
    if (!std::isfinite(value.value)) continue;
    all.push_back({&variant, Measured::kLayer, std::move(value.measure), std::move(value.layer),
                   value.step, value.value});
  }
}

struct UnitPercentile {
  const char* measure;
  double UnitPercentiles::*value;
};

constexpr UnitPercentile kUnitPercentiles[] = {{"Activation p15", &UnitPercentiles::p15},
                                               {"Activation p50", &UnitPercentiles::p50},
                                               {"Activation p85", &UnitPercentiles::p85}};

void add_units(std::vector<Measurement>& all, const Variant& variant, const ProbedUnits& probed,
               const ProbesByStep& by_step) {
  for (const std::string& layer : probed.layers) {
    for (std::size_t unit = 0; unit < probed.units; ++unit) {
      for (const UnitPercentile& percentile : kUnitPercentiles) {
        for (const auto& [step, probes] : by_step) {
          const double value = mean_percentile(probes, layer, unit, percentile.value);
          if (!std::isfinite(value)) continue;
          all.push_back({&variant, Measured::kUnit, percentile.measure,
                         fmt::format("{} unit {}", layer, unit + 1), step, value});
        }
      }
    }
  }
}

}  // namespace

std::vector<Measurement> measurements(const ReportInput& input) {
  std::vector<Measurement> all;
  const ProbedUnits probed = probed_units(input);
  for (const Variant& variant : input.variants) {
    const ProbesByStep by_step = probes_of(variant);
    add_accuracies(all, variant);
    add_times(all, input, variant);
    add_landscape(all, variant, by_step);
    add_layers(all, variant);
    add_units(all, variant, probed, by_step);
  }
  return all;
}

}  // namespace keel
