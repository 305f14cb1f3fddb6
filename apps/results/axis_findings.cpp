#include "apps/results/axis_findings.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

#include "apps/results/chance.h"
#include "apps/results/ranking.h"
#include "apps/results/stable_range.h"
#include "apps/results/statistics_text.h"
#include "apps/text/number_text.h"

namespace keel {
namespace {

class AxisNarrator {
 public:
  AxisNarrator(const Axes& axes, const std::vector<Variant>& variants, double chance,
               const std::string& so_far)
      : axes_(axes),
        variants_(variants),
        ranking_(rank(variants)),
        chance_(chance),
        so_far_(so_far) {}

  std::vector<std::string> tell() const {
    std::vector<std::string> sentences;
    for (std::size_t axis = 0; axis < axes_.all.size(); ++axis) {
      if (!axes_.all[axis].varies() || ranking_.empty()) continue;
      for (std::string sentence :
           {reversals(axis), stability(axis), at_the_edge(axis), failure_to_learn(axis)}) {
        if (!sentence.empty()) sentences.push_back(std::move(sentence));
      }
    }
    return sentences;
  }

 private:
  std::string word(std::size_t axis) const { return axis_word(axes_.all[axis].setting); }

  // Where another one is ahead of the winner.
  std::string reversals(std::size_t axis) const {
    if (axis == axes_.main) return "";
    constexpr int kNamed = 4;
    std::string text;
    int told = 0;
    for (std::size_t value = 0; value < axes_.all[axis].values.size(); ++value) {
      std::vector<Variant> there;
      std::copy_if(variants_.begin(), variants_.end(), std::back_inserter(there),
                   [&](const Variant& variant) { return variant.place[axis] == value; });
      const Variant* winner = best_variant(there, ranking_.front().variant->label);
      if (winner == nullptr) continue;
      const Variant& leader = *rank(there).front().variant;
      const Summary lead = paired_difference(leader, *winner);
      if (!is_ahead(leader, *winner) || ++told > kNamed) continue;
      text +=
          fmt::format("{}{} at {} ({} points over {}, 95 % interval {})", text.empty() ? "" : "; ",
                      called(axes_, leader), axes_.all[axis].values[value], points_text(lead.mean),
                      called(axes_, *winner), points_interval_text(lead));
    }
    if (text.empty()) return "";
    if (told > kNamed) text += fmt::format("; and at {} more", told - kNamed);
    return fmt::format("Ahead of the winner at other values of {}{}: {}.", word(axis), so_far_,
                       text);
  }

  std::string stability(std::size_t axis) const {
    std::string text;
    for (const Ranked& ranked : best_along(axis)) {
      const auto range = stable_range(variants_, axes_, axis, *ranked.variant, chance_);
      if (!range) continue;
      text += fmt::format("{}{}{}", text.empty() ? "" : "; ", prefix(axis, *ranked.variant),
                          range_text(*range, axes_.all[axis]));
      if (range->low == range->high || !std::isfinite(range->decades)) continue;
      text += fmt::format(" ({} decades)", decades_text(*range));
    }
    if (text.empty()) return "";
    return fmt::format("Within 10 points of {} best{} at {}: {}.",
                       axis == axes_.main ? "the" : "its own", so_far_, word(axis), text);
  }

  // Beyond the last value that was tried it may be better still.
  std::string at_the_edge(std::size_t axis) const {
    if (!axes_.all[axis].is_numeric()) return "";
    const std::vector<std::size_t> by_size = axes_.all[axis].by_size();
    std::string text;
    for (const Ranked& ranked : best_along(axis)) {
      const std::size_t value = ranked.variant->place[axis];
      // No setting goes below 0.
      const bool least = value == by_size.front() && axes_.all[axis].number(value) > 0;
      const bool most = value == by_size.back();
      if (!beats_chance(*ranked.variant, chance_) || !(least || most)) continue;
      text += fmt::format("{}{}{}, the {} tried", text.empty() ? "" : "; ",
                          prefix(axis, *ranked.variant), axes_.all[axis].values[value],
                          least ? "least" : "largest");
    }
    if (text.empty()) return "";
    return fmt::format(
        "Best{} at an end of what was tried of {}, so that values beyond it may be better: {}.",
        so_far_, word(axis), text);
  }

  // What has no stable range because it is near chance at all values.
  std::string failure_to_learn(std::size_t axis) const {
    if (axis == axes_.main || !axes_.all[axis].is_numeric()) return "";
    std::string names;
    for (const Ranked& ranked : ranking_) {
      const bool learns = std::any_of(variants_.begin(), variants_.end(), [&](const Variant& v) {
        return v.label == ranked.variant->label && beats_chance(v, chance_);
      });
      if (!learns) names += (names.empty() ? "" : ", ") + called(axes_, *ranked.variant);
    }
    if (names.empty()) return "";
    return fmt::format("Less than {:.3g} points above chance at every {}{}: {}.",
                       100 * learned_margin(chance_), word(axis), so_far_, names);
  }

  // Each variant at its best place; along the main axis that is the winner.
  std::vector<Ranked> best_along(std::size_t axis) const {
    return axis == axes_.main ? std::vector<Ranked>{ranking_.front()} : ranking_;
  }
  std::string prefix(std::size_t axis, const Variant& variant) const {
    return axis == axes_.main ? "" : called(axes_, variant) + " ";
  }

  const Axes& axes_;
  const std::vector<Variant>& variants_;
  const std::vector<Ranked> ranking_;
  const double chance_;
  const std::string& so_far_;
};

}  // namespace

std::vector<std::string> axis_findings(const Axes& axes, const std::vector<Variant>& variants,
                                       double chance, const std::string& so_far) {
  return AxisNarrator(axes, variants, chance, so_far).tell();
}

}  // namespace keel
