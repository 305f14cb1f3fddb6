#pragma once
// A comparison as a TOML file: `keel compare --config`.

#include <string>

#include "apps/compare/comparison_plan.h"

namespace keel {

/// Sets what the file has: the settings that all runs share, `seeds`, `lr-rule`, `baseline`, `jobs`
/// and `out`; lists like `lrs = [0.1, 0.01]`, for every setting in a table [axes]; and tables
/// [[variant]] of a name and the settings that go with it.
/// Throws Error(kData) naming file and line.
void apply_experiment_file(CompareCommand& command, const std::string& path);

/// An axis that has a name of its own, in files and as a flag: {"lrs", "lr"}.
struct AxisFlag {
  const char* name;
  const char* setting;
  const char* help;
};
inline constexpr AxisFlag kAxisFlags[] = {
    {"norms", "norm", "which normalisations, each as for keel train --norm; keel norms tells all"},
    {"lrs", "lr", "which learning rates; empty: --lr alone"},
    {"batch-sizes", "batch-size", "which batch sizes; empty: --batch-size alone"},
    {"init-scales", "init-scale", "which factors on the initial weights"},
    {"optims", "optim", "which optimisers"},
    {"models", "model", "which networks"},
    {"depths", "depth", "which depths of the network, where it has a choice"},
};

}  // namespace keel
