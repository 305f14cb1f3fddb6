#include "apps/chance.h"

#include <cmath>
#include <string>

namespace keel {

double chance_accuracy(const Comparison& comparison) {
  const std::string& note = comparison.dataset_note;
  const std::size_t end = note.rfind(" classes");
  if (end == std::string::npos) return kNotMeasured;
  std::size_t begin = end;
  while (begin > 0 && note[begin - 1] >= '0' && note[begin - 1] <= '9') --begin;
  const double classes = begin == end ? 0 : std::stod(note.substr(begin, end - begin));
  return classes > 1 ? 1 / classes : kNotMeasured;
}

bool beats_chance(const Variant& variant, double chance) {
  if (variant.accuracy.count == 0) return false;
  constexpr double kRounding = 1e-9;
  return std::isnan(chance) || variant.accuracy.mean >= chance + kStableMargin - kRounding;
}

}  // namespace keel
