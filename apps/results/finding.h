#pragma once
// What a comparison found, in plain sentences.

#include <string>
#include <vector>

#include "apps/results/statistics.h"

namespace keel {

struct Finding {
  std::string headline;
  std::vector<std::string> details;  ///< how sure, in what order, how fast, what failed
};

/// Compares the values of the main axis, each at its best place on the others (best_variant).
Finding find(const Comparison& comparison, const std::vector<Variant>& variants);

}  // namespace keel
