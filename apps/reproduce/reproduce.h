#pragma once
// `keel reproduce`: a paper's experiment, and whether it comes out the same.

#include <cstdint>
#include <string>

#include "apps/reproduce/experiment.h"

namespace keel {

struct ReproduceCommand {
  std::string name{};  ///< of an experiment; empty or "list": tell all of them
  Budget budget = Budget::kQuick;
  std::int64_t seeds = 3;
  std::int64_t jobs = 1;
  int threads = 0;  ///< 0: the physical cores
  std::string
      data_dir{};     ///< where the published set has to lie; empty: the usual place, if it does
  std::string out{};  ///< empty: reproductions/<name>-<budget>
  bool quiet = false, no_color = false, dry_run = false;
  std::string command_line{};
};

/// Runs the experiment as a comparison in `out` and writes verdict.json and reproduction.md beside
/// its report. Returns the program's exit code: 0, whatever the verdict, or 130 when interrupted;
/// the same command then goes on. Without its published data set it takes the one that Keel draws
/// in the place of it, and says so. Throws what run_compare throws.
int reproduce(const Experiment& experiment, const ReproduceCommand& command);

/// The same by name. Throws Error with the nearest name.
int run_reproduce(const ReproduceCommand& command);

}  // namespace keel
