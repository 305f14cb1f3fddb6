#pragma once
// `keel train`: one run, from its configuration to its files.

#include <string>

#include "apps/train/train_config.h"
#include "apps/train/trainer.h"

namespace keel {

/// Trains, and returns the program's exit code: 0 or, when interrupted, 130.
int run_train(const TrainCommand& command);

/// Trains in a run directory, new or (with `resume`) going on from its last checkpoint: what
/// `keel train` and `keel compare` share. `watcher` sees every report after the files are written.
/// Throws Error(kData) when another process is using the directory.
TrainOutcome train_in_directory(Trainer& trainer, const std::filesystem::path& directory,
                                bool resume, TrainObserver& watcher);

/// The line that `keel train` prints for an epoch of `epochs`. It names the share of the time that
/// was spent waiting for data, from 3 % on: more workers prepare more batches ahead.
std::string epoch_text(const EpochReport& report, std::int64_t epochs);

}  // namespace keel
