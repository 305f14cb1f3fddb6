#pragma once
// Which variants stand side by side in a figure.

#include <string>
#include <vector>

#include "apps/report/input.h"
#include "apps/report/parts.h"

namespace keel {

/// One variant for each value of the main axis, as far as there are any.
struct Selection {
  std::string caption;    ///< "learning rate 0.1", or "each at its own best learning rate"
  FigureChoices choices;  ///< under which it is shown; none: always
  std::vector<const Variant*> variants;
  bool shown = false;  ///< at first
};

/// The variants at each place on the axes besides the main one that vary, then, where any of them
/// does, each variant at its own best place (best_variant).
std::vector<Selection> selections(const ReportInput& input);

}  // namespace keel
