#include "apps/report/landscape_extremes.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace keel {

Extremes extremes_of(std::vector<double> values) {
  Extremes extremes;
  extremes.count = static_cast<int>(values.size());
  for (double& value : values) {
    if (std::isfinite(value)) continue;
    value = std::numeric_limits<double>::infinity();
    ++extremes.not_finite;
  }
  if (values.empty()) return extremes;
  std::sort(values.begin(), values.end());
  extremes.largest = values.back();
  extremes.median = (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
  return extremes;
}

LandscapeExtremes landscape_extremes(const Variant& variant, Descent Landscape::*along) {
  std::vector<double> bands, changes, betas;
  for (const Run* run : variant.runs) {
    for (const Probe& probe : run->probes) {
      const Descent& descent = probe.landscape.*along;
      bands.push_back(descent.loss.high - descent.loss.low);
      changes.push_back(descent.gradient_change.high);
      betas.push_back(descent.beta);
    }
  }
  return {extremes_of(std::move(bands)), extremes_of(std::move(changes)),
          extremes_of(std::move(betas))};
}

std::string extreme_text(double value) {
  return std::isinf(value) ? "∞" : fmt::format("{:.3g}", value);
}

}  // namespace keel
