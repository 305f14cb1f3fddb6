#include "apps/results/ranking_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "apps/text/number_text.h"

namespace keel {
namespace {

// Whether each of the first ones, up to `last`, is ahead of each behind them.
bool is_cut(const std::vector<Ranked>& ranking, std::size_t last) {
  for (std::size_t i = 0; i <= last; ++i) {
    for (std::size_t j = last + 1; j < ranking.size(); ++j) {
      if (!is_ahead(*ranking[i].variant, *ranking[j].variant)) return false;
    }
  }
  return true;
}

// Of those that no cut parts: "batch from none; group from layer".
std::string pairs_told_apart(const std::vector<Ranked>& ranking) {
  std::string text;
  for (std::size_t i = 0; i < ranking.size(); ++i) {
    std::string behind;
    for (std::size_t j = i + 1; j < ranking.size() && !is_cut(ranking, j - 1); ++j) {
      if (!is_ahead(*ranking[i].variant, *ranking[j].variant)) continue;
      behind += (behind.empty() ? "" : ", ") + ranking[j].variant->name;
    }
    if (behind.empty()) continue;
    text += fmt::format("{}{} from {}", text.empty() ? "" : "; ", ranking[i].variant->name, behind);
  }
  return text;
}

std::string order_of(const std::vector<Ranked>& ranking) {
  std::string text;
  bool any_alike = false;
  for (std::size_t i = 0; i < ranking.size(); ++i) {
    text += ranking[i].variant->name;
    if (i + 1 == ranking.size()) break;
    const bool cut = is_cut(ranking, i);
    any_alike = any_alike || !cut;
    text += cut ? " > " : " ≈ ";
  }
  text = "Ranking: " + text + ".";
  if (any_alike) {
    const std::string pairs = pairs_told_apart(ranking);
    text += " ≈: chance may be all that parts some before it from some behind it";
    text += pairs.empty() ? "." : "; told apart are " + pairs + ".";
  }
  if (ranking.size() > 2) {
    text += fmt::format(
        " Each of the {} pairs is judged at 95 %: of those that do not differ, one in twenty seems "
        "to.",
        ranking.size() * (ranking.size() - 1) / 2);
  }
  return text;
}

}  // namespace

std::string ranking_sentence(const std::vector<Ranked>& ranking) {
  if (ranking.size() < 3) return "";
  const auto unsafe = std::find_if(ranking.begin(), ranking.end(), [](const Ranked& ranked) {
    return ranked.variant->diverged > 0;
  });
  std::string diverged;
  for (auto ranked = unsafe; ranked != ranking.end(); ++ranked) {
    const Variant& variant = *ranked->variant;
    diverged +=
        fmt::format("{}{} ({} in {} of {} runs)", diverged.empty() ? "" : ", ", variant.name,
                    percent_text(variant.accuracy.mean), variant.completed, variant.runs.size());
  }
  std::string order = unsafe == ranking.begin() ? "" : order_of({ranking.begin(), unsafe});
  if (diverged.empty()) return order;
  return fmt::format("{}{}Ranked last, because runs diverged: {}.", order, order.empty() ? "" : " ",
                     diverged);
}

}  // namespace keel
