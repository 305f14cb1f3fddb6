#pragma once
// The order of the values on a comparison's main axis, and how far its seeds support it.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "apps/results/statistics.h"

namespace keel {

/// Whether the seeds of a paired difference show any spread to compare it with: one does not, nor
/// several that differ by the same.
bool has_spread(const Summary& difference);
/// Whether they tell it from zero: they have a spread, and its 95 % interval excludes zero.
bool excludes_zero(const Summary& difference);
/// Whether a is more accurate, and the seeds that completed both tell that from chance.
bool is_ahead(const Variant& a, const Variant& b);
/// Whether chance may be all that two variants differ by: neither is ahead.
bool may_be_chance(const Variant& a, const Variant& b);

struct Ranked {
  const Variant* variant;  ///< the best_variant of its label
  /// Whether it may be chance that it comes before the next one. False of the last, and where the
  /// next one comes later because a run of it diverged.
  bool like_next;
};

/// The values of the main axis, each at its best place on the others, in the order of ranks_before:
/// by mean final accuracy, those with diverged runs behind the others. What has no completed run is
/// not ranked.
std::vector<Ranked> rank(const std::vector<Variant>& variants);

/// The place of a variant among them, from 0; none of one that is not ranked.
std::optional<std::size_t> rank_of(const std::vector<Ranked>& ranking, const Variant& variant);

/// The same as text, from 1, with "≈" behind it where it is like the next: "2≈".
/// Empty for a variant that is not ranked.
std::string rank_text(const std::vector<Ranked>& ranking, const Variant& variant);

}  // namespace keel
