#pragma once
// By what two training runs differ, and the command that makes a run from its settings.

#include <string>
#include <vector>

#include "apps/train/train_config.h"

namespace keel {

/// A setting with two values, as text.
struct SettingChange {
  std::string name;  ///< "batch-size"
  std::string before, now;
  std::vector<std::string>
      flag;  ///< what sets it to `now`: {"--batch-size", "16"}, {"--no-shuffle"}
};

/// Every setting that is not the same in both, in the order of visit_fields.
std::vector<SettingChange> changed_settings(const TrainConfig& before, const TrainConfig& now);

/// "epochs was 3 and is now 5, lr was 0.1 and is now 0.01"
std::string describe(const std::vector<SettingChange>& changes);

/// Flags for every setting, whatever its default or the environment says.
std::vector<std::string> all_flags(const TrainConfig& config);

/// The shortest `keel train` line that has these settings; flags that are the default are left out.
std::string train_command_line(const TrainConfig& config);

}  // namespace keel
