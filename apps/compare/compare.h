#pragma once
// `keel compare`: a grid of runs, their table and their report.

#include "apps/compare/comparison_plan.h"
#include "apps/results/results.h"

namespace keel {

/// Trains what is not trained yet, each run in <out>/runs/<id>, and keeps results.json, results.csv
/// and report.html in <out> up to date, also while a run goes on. A run that diverged is a result;
/// one that was interrupted goes on. One that fails is told, and the others go on; the same command
/// tries it again. Returns the program's exit code: 0, when interrupted 130, else that of the first
/// run that failed. Runs that cannot be trained are left out, as trainable.h has it.
/// Throws Error, before anything is trained, when none can, when another process is using <out>, or
/// when a run in it has other settings than asked for.
int run_compare(const CompareCommand& command);

struct CompareOutcome {
  int exit_code;
  Comparison comparison;  ///< what results.json has, with what has not ended yet
};

/// The same, and what the runs say.
CompareOutcome compare_runs(const CompareCommand& command);

}  // namespace keel
