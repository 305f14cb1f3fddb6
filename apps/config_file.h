#pragma once
// A training run's settings as a TOML file: `--config`, and config.toml in the run's folder.
// Read is the part of TOML that settings need: lines NAME = VALUE, text in quotes, # comments.

#include <filesystem>
#include <string>

#include "apps/train_config.h"

namespace keel {

/// Every setting, in sections, with what each one means.
std::string to_toml(const TrainConfig& config);

/// Sets what the file has; keys are the flags without their dashes. Throws Error(kData) naming file
/// and line: a syntax error, an unknown key (with the nearest known one), a value of another type
/// or outside of its range.
void apply_config_file(TrainConfig& config, const std::filesystem::path& path);

}  // namespace keel
