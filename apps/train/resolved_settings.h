#pragma once
// Settings that say the same in different words.

#include "apps/train/train_config.h"

namespace keel {

/// The settings with what they leave to defaults, or to a flag, spelt out: the norm with each of
/// its options, and the model's depth. Runs whose resolved settings are equal are the same
/// training: "batch" and "batch:tracked", or mlp with and without --depth 3. Throws Error where
/// model and norm settings are none.
TrainConfig resolved(TrainConfig config);

}  // namespace keel
