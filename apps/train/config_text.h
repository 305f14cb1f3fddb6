#pragma once
// Settings given as text: by flags and by environment variables.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/train/train_config.h"

namespace keel {

/// The text given for a setting, if one was.
using SettingLookup = std::function<std::optional<std::string>(std::string_view name)>;
/// Which settings are meant.
using SettingFilter = std::function<bool(std::string_view name)>;
/// How an error names the source of a setting: "--lr", "environment variable KEEL_LR".
using SettingSpelling = std::function<std::string(std::string_view name)>;

/// Sets what `find` has a text for. Throws Error naming the setting as `spell` spells it.
void apply_texts(TrainConfig& config, const SettingLookup& find, const SettingSpelling& spell);

/// The names of all settings, as flags spell them.
const std::vector<std::string>& setting_names();
/// "unknown setting 'lrs'; did you mean 'lr'? keel train --help lists all": `help` is the command
/// that lists what is known.
std::string unknown_setting(std::string_view name, const std::vector<std::string>& known,
                            std::string_view help);
/// Sets one of them. Throws Error where there is none of that name or the text will not do; the
/// message begins with `where`, "--lr" without one.
void apply_setting(TrainConfig& config, std::string_view name, std::string_view text,
                   std::string_view where = "");
/// A setting's value as a text that sets it again.
std::string setting_text(const TrainConfig& config, std::string_view name);

/// Sets what is wanted and the environment has a variable for; an empty one counts as none.
void apply_environment(TrainConfig& config, const SettingFilter& wanted);

/// KEEL_BATCH_SIZE for "batch-size"; KEEL_DATASET for "data", because KEEL_DATA is "data-dir".
std::string environment_variable(std::string_view setting);

/// What that variable holds; an empty one counts as none.
std::optional<std::string> environment_text(std::string_view setting);
/// "environment variable KEEL_BATCH_SIZE": where an error says that the value is from.
std::string environment_source(std::string_view setting);

}  // namespace keel
