#include "apps/report/input.h"

#include <algorithm>

#include "apps/results/chance.h"

namespace keel {

ReportInput::ReportInput(const Comparison& from)
    : comparison(from),
      variants(summarize_variants(from)),
      axes(axes_of(from)),
      ranking(rank(variants)),
      best(ranking.empty() ? nullptr : ranking.front().variant),
      chance(chance_accuracy(from)),
      interim(unfinished_runs(variants) > 0) {
  if (!variants.empty()) shown = (best != nullptr ? *best : variants.front()).place;
}

const Variant* ReportInput::at(const Place& place) const {
  const auto found = std::find_if(variants.begin(), variants.end(),
                                  [&](const Variant& v) { return v.place == place; });
  return found == variants.end() ? nullptr : &*found;
}

}  // namespace keel
