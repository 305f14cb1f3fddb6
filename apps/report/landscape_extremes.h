#pragma once
// How rough the loss around the weights was, over all probes of a variant.

#include <string>
#include <vector>

#include "apps/diagnostics/probe.h"
#include "apps/results/statistics.h"

namespace keel {

/// The largest of some values and their median, for outliers rule the one and habits the other.
/// What is not finite counts as infinite; NaN without values.
struct Extremes {
  double largest = kNotMeasured;
  double median = kNotMeasured;
  int count = 0;
  int not_finite = 0;
};

Extremes extremes_of(std::vector<double> values);

struct LandscapeExtremes {
  Extremes loss_band;        ///< widths
  Extremes gradient_change;  ///< the greatest of each probe
  Extremes beta;
};

/// Over the probed steps of all seeds, along that walk.
LandscapeExtremes landscape_extremes(const Variant& variant, Descent Landscape::*along);

/// The heads of a table with a row for each variant: its name, and of each quantity largest and
/// median.
inline constexpr const char* kExtremeHeads[] = {
    "variant", "widest loss band", "median", "largest gradient change",
    "median",  "largest beta",     "median"};

/// "1.25", or "∞".
std::string extreme_text(double value);

}  // namespace keel
