#include "apps/diagnostics/landscape.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace keel {
namespace {

constexpr std::array kMultipliers{0.5, 1.0, 2.0, 3.0, 4.0};
constexpr std::array kSteps{0.01, 0.03, 0.1, 0.3};

// As std::min and std::max, but the larger of NaN or infinity and anything is NaN.
void widen(Band& band, double value) {
  if (!std::isfinite(value)) {
    band.high = std::numeric_limits<double>::quiet_NaN();
    return;
  }
  band.low = std::min(band.low, value);
  if (!std::isnan(band.high)) band.high = std::max(band.high, value);
}

Descent walk(const Objective& objective, const Objective::Value& here, double gradient_norm,
             std::span<const double> steps) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  constexpr Band kEmpty{kInfinity, -kInfinity};
  Descent descent{.points = {}, .loss = kEmpty, .gradient_change = kEmpty};
  Band beta = kEmpty;
  widen(descent.loss, here.loss);
  for (const double step : steps) {
    const Restore restore(objective.parameters());
    descend(objective.parameters(), here.gradient, step);
    const Objective::Value there = objective();
    const double change = distance(there.gradient, here.gradient);
    descent.points.push_back({step, there.loss, change});
    widen(descent.loss, there.loss);
    widen(descent.gradient_change, change);
    widen(beta, change / (step * gradient_norm));
  }
  descent.beta = beta.high;
  return descent;
}

}  // namespace

Landscape measure_landscape(const Objective& objective, const Objective::Value& here, double lr) {
  Landscape landscape{.loss = here.loss, .gradient_norm = norm(here.gradient)};
  std::array steps = kMultipliers;
  for (double& step : steps) step *= lr;
  landscape.by_rate = walk(objective, here, landscape.gradient_norm, steps);
  landscape.by_step = walk(objective, here, landscape.gradient_norm, kSteps);
  return landscape;
}

}  // namespace keel
