#pragma once
// A training run's settings as a TOML file: `--config`, and config.toml in the run's folder.

#include <filesystem>
#include <string>
#include <string_view>
#include <type_traits>

#include <fmt/format.h>

#include <keel/core/error.h>

#include "apps/train/setting.h"
#include "apps/train/toml_table.h"
#include "apps/train/train_config.h"

namespace keel {

/// Calls f; what is wrong is the file's fault.
template <class F>
void as_data_error(const F& f) {
  try {
    f();
  } catch (const Error& error) {
    throw Error(error.what(), ErrorKind::kData);
  }
}

/// Every setting, in sections, with what each one means.
std::string to_toml(const TrainConfig& config);

/// Sets what the table has a value for; visits settings as visit_fields shows them.
struct TomlSettings {
  const TomlTable& table;

  void section(std::string_view) const {}

  template <class T, class Rule>
  void operator()(std::string_view name, T& value, const Rule& rule, std::string_view) const {
    const auto given = table.scalar(name);
    if (!given) return;
    constexpr bool kText = std::is_same_v<T, std::string>;
    constexpr bool kNumberOrText = std::is_same_v<Rule, RangeOrWord>;
    const std::string where = fmt::format("{}{}", table.where(name), name);
    check_data(given->is_text == kText || kNumberOrText, "{}: expected {}", where,
               kText ? "text in quotes" : "a value without quotes");
    as_data_error([&] { read_setting(where, given->text, value, rule); });
  }
};

/// Sets what the file has; keys are the flags without their dashes. Throws Error(kData) naming file
/// and line: a syntax error, an unknown key (with the nearest known one), a value of another type
/// or outside of its range.
void apply_config_file(TrainConfig& config, const std::filesystem::path& path);

}  // namespace keel
