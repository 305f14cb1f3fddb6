#include "apps/diagnostics/covariate_shift.h"

#include "apps/text/evenly_spaced.h"

namespace keel {

std::vector<CovariateShift> measure_covariate_shift(const Objective& objective,
                                                    const Objective::Value& here,
                                                    const std::vector<ParameterRange>& ranges,
                                                    double lr) {
  constexpr std::int64_t kMostLayers = 5;
  std::vector<const ParameterRange*> candidates;
  for (const ParameterRange& range : ranges) {
    if (range.weighs && range.begin > 0) candidates.push_back(&range);
  }
  std::vector<CovariateShift> shifts;
  const auto count = static_cast<std::int64_t>(candidates.size());
  for (const std::int64_t i : evenly_spaced(count, kMostLayers)) {
    const ParameterRange& layer = *candidates[static_cast<std::size_t>(i)];
    const auto below = std::span(objective.parameters()).first(layer.begin);
    const Restore restore(below);
    descend(below, here.gradient, lr);
    const Objective::Value there = objective();
    const auto before = layer.of(here.gradient), after = layer.of(there.gradient);
    shifts.push_back({.layer = layer.layer,
                      .gradient_norm = norm(before),
                      .distance = distance(before, after),
                      .cosine = cosine(before, after)});
  }
  return shifts;
}

}  // namespace keel
