#pragma once
// The normalisation's options as the command line writes them.

#include <optional>
#include <string>

#include <keel/layers/norm.h>

#include "apps/train_config.h"

namespace keel {

NormOptions norm_options(const TrainConfig& config);

/// "none" or a number between 0 and 1. Throws Error otherwise.
std::optional<double> parse_momentum(const std::string& text);
std::string momentum_text(std::optional<double> momentum);

}  // namespace keel
