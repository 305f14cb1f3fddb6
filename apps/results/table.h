#pragma once
// The end table of a comparison, for the terminal.

#include <cstddef>
#include <string>

#include "apps/results/results.h"

namespace keel {

struct TableOptions {
  bool unicode = true;    ///< false: "+-", "x", "-" and "~" instead of "±", "×", "–" and "≈"
  std::size_t width = 0;  ///< of the terminal; 0: no limit
};

/// One aligned line per variant: its rank among the values of the main axis if it is the best of
/// its own (ranking.h), final accuracy (mean ± sample deviation over the completed seeds), the
/// paired difference to the baseline with its 95 % interval, area under the accuracy curve, loss,
/// steps and seconds to the target, images per second, speed against the baseline, diverged runs.
/// For a narrow terminal the least important columns that have no room are left out. Below it, the
/// settings that all runs share, and what failed or is unfinished.
std::string compare_table(const Comparison& comparison, const TableOptions& options = {});

}  // namespace keel
