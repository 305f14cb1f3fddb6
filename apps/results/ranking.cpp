#include "apps/results/ranking.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace keel {

bool has_spread(const Summary& difference) {
  return std::isfinite(difference.half_width);
}

bool excludes_zero(const Summary& difference) {
  return has_spread(difference) && std::fabs(difference.mean) > difference.half_width;
}

bool is_ahead(const Variant& a, const Variant& b) {
  const Summary difference = paired_difference(a, b);
  return difference.mean > 0 && excludes_zero(difference);
}

bool may_be_chance(const Variant& a, const Variant& b) {
  return !excludes_zero(paired_difference(a, b));
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
    const Variant &before = *ranking[i].variant, &next = *ranking[i + 1].variant;
    const bool by_accuracy = (before.diverged == 0) == (next.diverged == 0);
    ranking[i].like_next = by_accuracy && !is_ahead(before, next);
  }
  return ranking;
}

std::optional<std::size_t> rank_of(const std::vector<Ranked>& ranking, const Variant& variant) {
  const auto found = std::find_if(ranking.begin(), ranking.end(),
                                  [&](const Ranked& ranked) { return ranked.variant == &variant; });
  if (found == ranking.end()) return std::nullopt;
  return static_cast<std::size_t>(found - ranking.begin());
}

std::string rank_text(const std::vector<Ranked>& ranking, const Variant& variant) {
  const auto rank = rank_of(ranking, variant);
  return rank ? fmt::format("{}{}", *rank + 1, ranking[*rank].like_next ? "≈" : "") : "";
}

}  // namespace keel
