#pragma once
// The normalisation as the settings describe it: --norm, and the flags that fill in its options.

#include <keel/layers/norm_spec.h>

#include "apps/train/train_config.h"

namespace keel {

/// --norm, with --groups, --norm-eps, --norm-momentum and --weight-standardization where it does
/// not say. Throws Error naming the flag.
NormSpec norm_spec(const TrainConfig& config);

}  // namespace keel
