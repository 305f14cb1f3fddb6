#pragma once
// The end table of a comparison, for the terminal.

#include <string>

#include "apps/results.h"

namespace keel {

struct TableOptions {
  bool unicode = true;  ///< false: "+-", "x" and "-" instead of "±", "×" and "–"
};

/// One aligned line per variant: final accuracy (mean ± sample deviation over the completed seeds),
/// loss, steps and seconds to the target, images per second, speed against kReferenceNorm, diverged
/// runs. Below it, what is still unfinished.
std::string compare_table(const Comparison& comparison, const TableOptions& options = {});

}  // namespace keel
