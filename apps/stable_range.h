#pragma once
// How wide a choice a numeric setting leaves: where on its axis the runs do about as well as at
// their best.

#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "apps/statistics.h"

namespace keel {

/// So far below the best a mean final accuracy still counts as stable: 10 points.
inline constexpr double kStableMargin = 0.1;

struct StableRange {
  std::size_t low = 0, high = 0;  ///< the ends, as values of the axis
  /// log10(high / low), the width in powers of ten; NaN unless low is above 0.
  double decades = kNotMeasured;
  /// Whether an end is also the end of what was tried, so that the range may be wider.
  bool open = false;
};

/// Of the variants that differ from `best` in nothing but a numeric axis, those within
/// kStableMargin of it of which no run diverged: the least and the greatest of their values.
/// Nothing when there are none, or when the axis does not vary.
std::optional<StableRange> stable_range(const std::vector<Variant>& variants, const Axes& axes,
                                        std::size_t axis, const Variant& best);

/// "0.01 to 0.3", or "0.1 alone".
std::string range_text(const StableRange& range, const Axis& axis);
/// "1.48", or "≥ 1.48" of an open one; a dash of one value alone and where there are none.
std::string decades_text(const StableRange& range);

}  // namespace keel
