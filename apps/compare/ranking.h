#pragma once
// The order of the values on a comparison's main axis, and how far its seeds support it.

#include <string>
#include <vector>

#include "apps/compare/statistics.h"

namespace keel {

/// Whether chance may be all that two variants differ by: the 95 % interval of their
/// paired_difference includes zero, or fewer than two seeds completed both.
bool may_be_chance(const Variant& a, const Variant& b);

struct Ranked {
  const Variant* variant;  ///< the best_variant of its label
  bool like_next;          ///< may_be_chance that it comes before the next one; false of the last
};

/// The values of the main axis, each at its best place on the others, in the order of ranks_before:
/// by mean final accuracy, those with diverged runs behind the others. What has no completed run is
/// not ranked.
std::vector<Ranked> rank(const std::vector<Variant>& variants);

/// The place of a variant among them, from 1, with "≈" behind it where it is like the next: "2≈".
/// Empty for a variant that is not ranked.
std::string rank_text(const std::vector<Ranked>& ranking, const Variant& variant);

}  // namespace keel
