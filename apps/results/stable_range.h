#pragma once
// How wide a choice a numeric setting leaves: where on its axis the runs do about as well as at
// their best.

#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "apps/results/chance.h"

namespace keel {

struct StableRange {
  std::size_t low = 0, high = 0;  ///< the ends, as values of the axis
  /// log10(high / low), the width in powers of ten; NaN unless Axis::is_logarithmic.
  double decades = kNotMeasured;
  /// Whether no value that failed bounds it at an end, so that the range may be wider.
  bool open = false;
};

/// The values of a numeric axis around that of `best`, up to the first on either side that fails:
/// of the variants that differ from it in nothing else, those within kStableMargin of it that beat
/// `chance` (chance.h) and of which no run diverged. Nothing when `best` itself fails, or when the
/// axis does not vary.
std::optional<StableRange> stable_range(const std::vector<Variant>& variants, const Axes& axes,
                                        std::size_t axis, const Variant& best, double chance);

/// "0.01 to 0.3"; "0.1 alone", or of an open one "0.1, as far as tried".
std::string range_text(const StableRange& range, const Axis& axis);
/// In the place of a range that there is none of: "near chance", or a dash.
std::string no_range_text(const Variant& best, double chance);
/// "1.48", or "≥ 1.48" of an open one; a dash of one value alone and where there are none.
std::string decades_text(const StableRange& range);

}  // namespace keel
