#include "apps/train/config_changes.h"

#include <cstddef>
#include <type_traits>

#include <fmt/format.h>

#include "apps/text/shell.h"
#include "apps/train/config_fields.h"

namespace keel {
namespace {

// Every setting as a change from nothing.
class Lister {
 public:
  void section(std::string_view) const {}

  template <class T, class Rule>
  void operator()(std::string_view name, const T& value, const Rule&, std::string_view) {
    std::string text = fmt::format("{}", value);
    std::vector<std::string> flag{fmt::format("--{}", name), text};
    if constexpr (std::is_same_v<Rule, Switch>) {
      flag = {fmt::format("--{}{}", value ? "" : "no-", name)};
    }
    settings.push_back({std::string(name), "", std::move(text), std::move(flag)});
  }

  std::vector<SettingChange> settings;
};

std::vector<SettingChange> all_settings(const TrainConfig& config) {
  Lister lister;
  visit_fields(config, lister);
  return std::move(lister.settings);
}

}  // namespace

std::vector<SettingChange> changed_settings(const TrainConfig& before, const TrainConfig& now) {
  const std::vector<SettingChange> old_settings = all_settings(before);
  std::vector<SettingChange> settings = all_settings(now), changes;
  for (std::size_t i = 0; i < settings.size(); ++i) {
    settings[i].before = old_settings[i].now;
    if (settings[i].before != settings[i].now) changes.push_back(std::move(settings[i]));
  }
  return changes;
}

std::string describe(const std::vector<SettingChange>& changes) {
  std::string text;
  for (const SettingChange& change : changes) {
    text += fmt::format("{}{} was {} and is now {}", text.empty() ? "" : ", ", change.name,
                        shell_word(change.before), shell_word(change.now));
  }
  return text;
}

std::vector<std::string> all_flags(const TrainConfig& config) {
  std::vector<std::string> flags;
  for (const SettingChange& setting : all_settings(config)) {
    flags.insert(flags.end(), setting.flag.begin(), setting.flag.end());
  }
  return flags;
}

std::string train_command_line(const TrainConfig& config) {
  std::vector<std::string> words{"keel", "train"};
  for (const SettingChange& change : changed_settings({}, config)) {
    words.insert(words.end(), change.flag.begin(), change.flag.end());
  }
  return shell_line(words);
}

}  // namespace keel
