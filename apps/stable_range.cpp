#include "apps/stable_range.h"

#include <algorithm>

#include <fmt/format.h>

#include "apps/number_text.h"

namespace keel {

std::optional<StableRange> stable_range(const std::vector<Variant>& variants, const Axes& axes,
                                        std::size_t axis, const Variant& best) {
  if (!axes.all[axis].varies() || !axes.all[axis].is_numeric()) return std::nullopt;
  const std::vector<std::size_t> order = axes.all[axis].by_size();
  std::optional<StableRange> range;
  for (const std::size_t value : order) {
    Place place = best.place;
    place[axis] = value;
    const auto there = std::find_if(variants.begin(), variants.end(),
                                    [&](const Variant& v) { return v.place == place; });
    if (there == variants.end() || there->completed == 0 || there->diverged > 0) continue;
    constexpr double kRounding = 1e-9;
    if (there->accuracy.mean < best.accuracy.mean - kStableMargin - kRounding) continue;
    if (!range) range = StableRange{value, value};
    range->high = value;
  }
  if (!range) return std::nullopt;
  const double low = axes.all[axis].number(range->low), high = axes.all[axis].number(range->high);
  if (low > 0) range->decades = std::log10(high / low);
  range->open = range->low == order.front() || range->high == order.back();
  return range;
}

std::string range_text(const StableRange& range, const Axis& axis) {
  if (range.low == range.high) return axis.values[range.low] + " alone";
  return fmt::format("{} to {}", axis.values[range.low], axis.values[range.high]);
}

std::string decades_text(const StableRange& range) {
  if (range.low == range.high || !std::isfinite(range.decades)) return fixed_text(kNotMeasured, 2);
  return fmt::format("{}{:.2f}", range.open ? "≥ " : "", range.decades);
}

}  // namespace keel
