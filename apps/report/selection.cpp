#include "apps/report/selection.h"

#include <algorithm>

namespace keel {
namespace {

std::string own_best(const Axes& axes, const std::vector<std::size_t>& others) {
  return "each at its own best " +
         (others.size() == 1 ? axis_title(axes.all[others[0]].setting) : std::string("setting"));
}

// What varies besides the main axis, else what every run has.
std::string where(const Axes& axes, const std::vector<std::size_t>& others, const Place& place) {
  if (!others.empty()) return place_text(axes, others, place);
  std::vector<std::size_t> constant;
  for (std::size_t axis = 0; axis < axes.all.size(); ++axis) {
    if (axis != axes.main) constant.push_back(axis);
  }
  return place_text(axes, constant, place);
}

}  // namespace

std::vector<Selection> selections(const ReportInput& input) {
  const std::vector<std::size_t> others = input.axes.others();
  std::vector<Selection> all;
  for (const Place& place : places_on(input.axes, others)) {
    Selection selection{.caption = where(input.axes, others, place),
                        .choices = place_choices(others, place),
                        .variants = {},
                        .shown = agree(others, place, input.shown)};
    for (const Variant& variant : input.variants) {
      if (agree(others, variant.place, place)) selection.variants.push_back(&variant);
    }
    all.push_back(std::move(selection));
  }
  if (others.empty() || input.ranking.empty()) return all;
  Selection best{
      .caption = own_best(input.axes, others), .choices = {}, .variants = {}, .shown = true};
  for (const Ranked& ranked : input.ranking) best.variants.push_back(ranked.variant);
  std::sort(best.variants.begin(), best.variants.end(), [&](const Variant* a, const Variant* b) {
    return a->place[input.axes.main] < b->place[input.axes.main];
  });
  all.push_back(std::move(best));
  return all;
}

}  // namespace keel
