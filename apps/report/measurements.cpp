#include "apps/report/measurements.h"

#include <cmath>
#include <utility>

#include "apps/report/diagnostics.h"
#include "apps/report/layers.h"
#include "apps/report/time.h"

namespace keel {

std::vector<Measurement> measurements(const ReportInput& input) {
  std::vector<Measurement> all;
  for (const Variant& variant : input.variants) {
    if (const auto accuracies = accuracies_by_statistics(variant)) {
      for (const auto& [of, value] : {std::pair{"running", accuracies->running},
                                      std::pair{"recalibrated", accuracies->recalibrated},
                                      std::pair{"of the batch", accuracies->batch}}) {
        all.push_back({&variant, kHeldOutAccuracy, of, accuracies->step, value});
      }
    }
    for (const auto& [op, milliseconds] : step_times(variant)) {
      all.push_back({&variant, kStepTime, op, std::nullopt, milliseconds});
    }
    if (const double share = normalisation_share(input, variant); !std::isnan(share)) {
      all.push_back({&variant, kStepShare, "normalisation", std::nullopt, share});
    }
    for (LayerValue& value : layer_values(variant)) {
      if (!std::isfinite(value.value)) continue;
      all.push_back(
          {&variant, std::move(value.measure), std::move(value.layer), value.step, value.value});
    }
  }
  return all;
}

}  // namespace keel
