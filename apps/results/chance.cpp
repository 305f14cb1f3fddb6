#include "apps/results/chance.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace keel {

double chance_accuracy(const Comparison& comparison) {
  const std::int64_t classes = comparison.classes.value_or(0);
  return classes > 1 ? 1 / static_cast<double>(classes) : kNotMeasured;
}

double learned_margin(double chance) {
  return std::isnan(chance) ? chance : std::min(0.1, chance);
}

bool beats_chance(const Variant& variant, double chance) {
  if (variant.accuracy.count == 0) return false;
  constexpr double kRounding = 1e-9;
  return std::isnan(chance) || variant.accuracy.mean >= chance + learned_margin(chance) - kRounding;
}

}  // namespace keel
