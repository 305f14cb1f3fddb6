#pragma once
// The ranking of a comparison, as a sentence.

#include <string>
#include <vector>

#include "apps/results/ranking.h"

namespace keel {

/// "Ranking: batch > group ≈ none. ...": a ">" stands where the seeds tell each variant before it
/// from each behind it. What an order with "≈" leaves out, pairs that they do tell apart, is told
/// behind it, and so is what had diverged runs and is therefore ranked last. Empty for fewer than
/// three variants.
std::string ranking_sentence(const std::vector<Ranked>& ranking);

}  // namespace keel
