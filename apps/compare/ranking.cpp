#include "apps/compare/ranking.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace keel {

bool may_be_chance(const Variant& a, const Variant& b) {
  const Summary difference = paired_difference(a, b);
  return difference.count < 2 || std::fabs(difference.mean) <= difference.half_width;
}

std::vector<Ranked> rank(const std::vector<Variant>& variants) {
  std::vector<Ranked> ranking;
  for (const Variant& variant : variants) {
    if (best_variant(variants, variant.label) == &variant) ranking.push_back({&variant, false});
  }
  std::stable_sort(ranking.begin(), ranking.end(), [](const Ranked& a, const Ranked& b) {
    return ranks_before(*a.variant, *b.variant);
  });
  for (std::size_t i = 0; i + 1 < ranking.size(); ++i) {
    ranking[i].like_next = may_be_chance(*ranking[i].variant, *ranking[i + 1].variant);
  }
  return ranking;
}

std::string rank_text(const std::vector<Ranked>& ranking, const Variant& variant) {
  const auto found = std::find_if(ranking.begin(), ranking.end(),
                                  [&](const Ranked& ranked) { return ranked.variant == &variant; });
  if (found == ranking.end()) return "";
  return fmt::format("{}{}", found - ranking.begin() + 1, found->like_next ? "≈" : "");
}

}  // namespace keel
