#include "apps/results/stable_range.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "apps/text/number_text.h"

namespace keel {
namespace {

bool is_stable(const Variant& variant, const Variant& best, double chance) {
  constexpr double kRounding = 1e-9;
  return variant.completed > 0 && variant.diverged == 0 && beats_chance(variant, chance) &&
         variant.accuracy.mean >= best.accuracy.mean - kStableMargin - kRounding;
}

// Whether its runs may yet turn out stable.
bool is_open(const Variant& variant) {
  return variant.completed == 0 && variant.diverged == 0;
}

}  // namespace

std::optional<StableRange> stable_range(const std::vector<Variant>& variants, const Axes& axes,
                                        std::size_t axis, const Variant& best, double chance) {
  if (!axes.all[axis].varies() || !axes.all[axis].is_numeric()) return std::nullopt;
  if (!is_stable(best, best, chance)) return std::nullopt;
  StableRange range{best.place[axis], best.place[axis]};
  // From the best value on; what was not tried here bounds nothing.
  const auto extend = [&](std::size_t& end, auto begin_value, auto end_value) {
    for (auto value = begin_value; value != end_value; ++value) {
      Place place = best.place;
      place[axis] = *value;
      const auto there = std::find_if(variants.begin(), variants.end(),
                                      [&](const Variant& v) { return v.place == place; });
      if (there == variants.end()) continue;
      if (is_open(*there)) break;
      if (!is_stable(*there, best, chance)) return;
      end = *value;
    }
    range.open = true;
  };
  const std::vector<std::size_t> order = axes.all[axis].by_size();
  const auto at = std::find(order.begin(), order.end(), best.place[axis]);
  extend(range.low, std::make_reverse_iterator(at), order.rend());
  extend(range.high, at + 1, order.end());
  if (axes.all[axis].is_logarithmic()) {
    range.decades =
        std::log10(axes.all[axis].number(range.high) / axes.all[axis].number(range.low));
  }
  return range;
}

std::string range_text(const StableRange& range, const Axis& axis) {
  if (range.low == range.high) {
    return axis.values[range.low] + (range.open ? ", as far as tried" : " alone");
  }
  return fmt::format("{} to {}", axis.values[range.low], axis.values[range.high]);
}

std::string no_range_text(const Variant& best, double chance) {
  return beats_chance(best, chance) ? fixed_text(kNotMeasured, 0) : "near chance";
}

std::string decades_text(const StableRange& range) {
  if (range.low == range.high || !std::isfinite(range.decades)) return fixed_text(kNotMeasured, 2);
  return fmt::format("{}{:.2f}", range.open ? "≥ " : "", range.decades);
}

}  // namespace keel
