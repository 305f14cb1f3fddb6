#pragma once
// What a comparison found, in plain sentences.

#include <string>
#include <vector>

#include "apps/statistics.h"

namespace keel {

struct Finding {
  std::string headline;
  std::vector<std::string> details;  ///< how sure, how fast, what failed
};

/// Compares each normalisation by its best learning rate and batch size (best_variant).
Finding find(const Comparison& comparison, const std::vector<Variant>& variants);

}  // namespace keel
