#pragma once
// What the subcommands' options have in common. (Only this and subcommands.h include CLI11.)

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <fmt/format.h>

#include "apps/train/config_text.h"
#include "apps/train/setting.h"
#include "apps/train/train_config.h"

namespace keel {

/// How help texts show the value: "X", "N", "DIR".
std::string value_name(const FreeText& rule, bool whole);
std::string value_name(const PngFile& rule, bool whole);
std::string value_name(const Name& rule, bool whole);
std::string value_name(const NormName& rule, bool whole);
std::string value_name(const Range& rule, bool whole);
std::string value_name(const RangeOrWord& rule, bool whole);

/// "--name X", with the rule's names and the default added to the help text; a switch is
/// "--[no-]name".
template <class T, class Rule>
CLI::Option* add_flag(CLI::App& app, std::string_view name, const T& standard, const Rule& rule,
                      std::string_view help) {
  std::string description = explained(help, rule);
  CLI::Option* option = nullptr;
  if constexpr (std::is_same_v<Rule, Switch>) {
    option = app.add_flag(fmt::format("--{0},!--no-{0}", name));
    if (standard) description += " [on]";
  } else {
    option = app.add_option(fmt::format("--{}", name));
    option->type_name(value_name(rule, std::is_integral_v<T>));
    const std::string text = fmt::format("{}", standard);
    if (!text.empty()) description += fmt::format(" [{}]", text);
  }
  return option->description(description)->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

/// The same, and the value is set when the line is parsed; throws what read_setting throws.
template <class T, class Rule>
CLI::Option* add_flag_to(T& value, CLI::App& app, std::string_view name, const Rule& rule,
                         std::string_view help) {
  return add_flag(app, name, value, rule, help)
      ->each([&value, rule, where = fmt::format("--{}", name)](const std::string& text) {
        read_setting(where, text, value, rule);
      });
}

/// The named settings, or all the others.
SettingFilter only(std::vector<std::string_view> names);
SettingFilter all_but(std::vector<std::string_view> names);

/// The settings of TrainConfig as flags of a subcommand.
class SettingFlags {
 public:
  /// Adds a flag for each wanted setting.
  SettingFlags(CLI::App& app, const SettingFilter& wanted);

  /// Whether the parsed line gave a flag for the setting.
  bool given(std::string_view name) const;
  /// Sets what the parsed line gave flags for.
  void apply(TrainConfig& config) const;
  /// `below` < the environment < the flags.
  TrainConfig settings(TrainConfig below) const;
  /// The defaults < the file, if there is one < the environment < the flags. What has no flag comes
  /// from the first two alone.
  TrainConfig settings(const std::string& file = "") const;

 private:
  std::map<std::string, CLI::Option*, std::less<>> options_;
};

/// Of a line that says how often to probe, and not to.
inline constexpr const char* kProbesNeedDiagnostics =
    "--probe-every: nothing is probed without --diagnostics; give both or neither";

/// --quiet, --no-color and --dry-run.
void add_output_flags(CLI::App& app, bool& quiet, bool& no_color, bool& dry_run);

/// Help in two columns, the second one wrapped.
class HelpFormatter : public CLI::Formatter {
 public:
  HelpFormatter();
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override;
  std::string make_option(const CLI::Option* option, bool is_positional) const override;
};

/// What is wrong with the arguments, as an Error with the nearest flag or subcommand.
[[noreturn]] void report(const CLI::App& program, const CLI::ParseError& error);

}  // namespace keel
