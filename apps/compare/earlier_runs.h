#pragma once
// What the folder of a comparison holds of earlier ones.

#include <cstddef>
#include <filesystem>
#include <vector>

#include "apps/compare/comparison_plan.h"

namespace keel {

/// The plan with the id of each run as the folder in <out>/runs is named that holds it: one with
/// all its settings, whichever grid that was made by. A run that is not there and whose id is taken
/// by one of another value on an axis is told apart by all its values.
/// Throws Error where an id is taken by a run that differs in a setting that no axis names, and
/// Error(kData) where <out> is the folder of a single run.
std::vector<PlannedRun> in_folder(std::vector<PlannedRun> plan, const CompareCommand& command,
                                  const std::filesystem::path& out);

/// How many finished runs <out>/runs holds besides those of the plan.
std::size_t finished_besides(const std::vector<PlannedRun>& plan, const std::filesystem::path& out);

}  // namespace keel
