#pragma once
// `keel train`: one run, from its configuration to its files.

#include "apps/train_config.h"
#include "apps/trainer.h"

namespace keel {

/// Trains, and returns the program's exit code: 0 or, when interrupted, 130.
int run_train(const TrainCommand& command);

/// Trains in a run directory, new or (with `resume`) going on from its last checkpoint: what
/// `keel train` and `keel compare` share. `watcher` sees every report after the files are written.
TrainOutcome train_in_directory(Trainer& trainer, const std::filesystem::path& directory,
                                bool resume, TrainObserver& watcher);

}  // namespace keel
