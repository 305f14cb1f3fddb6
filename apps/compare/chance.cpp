#include "apps/compare/chance.h"

#include <cmath>
#include <cstdint>

namespace keel {

double chance_accuracy(const Comparison& comparison) {
  const std::int64_t classes = comparison.classes.value_or(0);
  return classes > 1 ? 1 / static_cast<double>(classes) : kNotMeasured;
}

bool beats_chance(const Variant& variant, double chance) {
  if (variant.accuracy.count == 0) return false;
  constexpr double kRounding = 1e-9;
  return std::isnan(chance) || variant.accuracy.mean >= chance + kStableMargin - kRounding;
}

}  // namespace keel
