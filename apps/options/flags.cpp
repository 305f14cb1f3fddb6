#include "apps/options/flags.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include <keel/core/error.h>
#include <keel/core/nearest.h>

#include "apps/text/text_table.h"
#include "apps/train/config_fields.h"
#include "apps/train/config_file.h"

namespace keel {
namespace {

constexpr std::size_t kHelpColumn = 28, kHelpWidth = 80;

// "keel data show", of the subcommand that was reached.
struct Reached {
  const CLI::App* app;
  std::string name;
};

Reached reached(const CLI::App& program) {
  Reached result{&program, program.get_name()};
  while (!result.app->get_subcommands().empty()) {
    result.app = result.app->get_subcommands().front();
    result.name += " " + result.app->get_name();
  }
  return result;
}

std::vector<std::string> flags_of(const CLI::App& app) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
  }
  return flags;
}

std::vector<std::string> subcommands_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* subcommand : app.get_subcommands({}))
    names.push_back(subcommand->get_name());
  return names;
}

// The names of an option as a person reads them: "-h, --help", "--[no-]shuffle", "--lr X".
std::string heading(const CLI::Option& option, bool is_positional) {
  const auto& names = option.get_lnames();
  if (names.size() == 2 && names[1] == "no-" + names[0]) return "--[no-]" + names[0];
  std::string text = option.get_name(is_positional, true);
  if (const auto comma = text.find(','); comma != std::string::npos) text.insert(comma + 1, " ");
  if (is_positional || option.get_type_size() == 0) return text;
  return fmt::format("{} {}", text, option.get_type_name());
}

// Adds a flag for each wanted setting.
class FlagAdder {
 public:
  FlagAdder(CLI::App& app, const SettingFilter& wanted,
            std::map<std::string, CLI::Option*, std::less<>>& options)
      : app_(app), wanted_(wanted), options_(options) {}

  void section(std::string_view title) { section_ = title; }

  template <class T, class Rule>
  void operator()(std::string_view name, const T& value, const Rule& rule, std::string_view help) {
    if (!wanted_(name)) return;
    CLI::Option* option = add_flag(app_, name, value, rule, help);
    option->group(section_);
    options_.emplace(name, option);
  }

 private:
  CLI::App& app_;
  const SettingFilter& wanted_;
  std::map<std::string, CLI::Option*, std::less<>>& options_;
  std::string section_;
};

}  // namespace

std::string value_name(const FreeText& rule, bool) {
  return rule.value_name;
}
std::string value_name(const PngFile&, bool) {
  return "FILE";
}
std::string value_name(const Name&, bool) {
  return "NAME";
}
std::string value_name(const NormName&, bool) {
  return "NORM";
}
std::string value_name(const Range&, bool whole) {
  return whole ? "N" : "X";
}
std::string value_name(const RangeOrWord& rule, bool) {
  return "X|" + rule.word;
}

SettingFilter only(std::vector<std::string_view> names) {
  return [names = std::move(names)](std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
}

SettingFilter all_but(std::vector<std::string_view> names) {
  return [excepted = only(std::move(names))](std::string_view name) { return !excepted(name); };
}

SettingFlags::SettingFlags(CLI::App& app, const SettingFilter& wanted) {
  const TrainConfig standard;
  visit_fields(standard, FlagAdder(app, wanted, options_));
}

bool SettingFlags::given(std::string_view name) const {
  const auto option = options_.find(name);
  return option != options_.end() && option->second->count() > 0;
}

void SettingFlags::apply(TrainConfig& config) const {
  const auto find = [this](std::string_view name) -> std::optional<std::string> {
    if (!given(name)) return std::nullopt;
    return options_.find(name)->second->as<std::string>();
  };
  apply_texts(config, find, [](std::string_view name) { return fmt::format("--{}", name); });
}

TrainConfig SettingFlags::settings(TrainConfig below) const {
  apply_environment(
      below, [this](std::string_view name) { return options_.find(name) != options_.end(); });
  apply(below);
  return below;
}

TrainConfig SettingFlags::settings(const std::string& file) const {
  TrainConfig config;
  if (!file.empty()) apply_config_file(config, file);
  return settings(std::move(config));
}

void add_output_flags(CLI::App& app, bool& quiet, bool& no_color, bool& dry_run) {
  const auto add = [&app](const char* name, bool& value, const char* help) {
    app.add_flag(name, value, help)->group("Output");
  };
  add("--quiet", quiet, "show errors alone");
  add("--no-color", no_color, "as with the environment variable NO_COLOR");
  add("--dry-run", dry_run, "check and say what would be done, and do nothing");
}

HelpFormatter::HelpFormatter() {
  column_width(kHelpColumn);
}

std::string HelpFormatter::make_help(const CLI::App* app, std::string name,
                                     CLI::AppFormatMode mode) const {
  std::string text = CLI::Formatter::make_help(app, std::move(name), mode);
  for (std::size_t at = 0; (at = text.find("\n\n\n", at)) != std::string::npos;) {
    text.erase(at, 1);
  }
  return text;
}

std::string HelpFormatter::make_option(const CLI::Option* option, bool is_positional) const {
  return two_columns("  " + heading(*option, is_positional), option->get_description(), kHelpColumn,
                     kHelpWidth);
}

void report(const CLI::App& program, const CLI::ParseError& error) {
  const auto [app, name] = reached(program);
  const std::string see = fmt::format(" See {} --help", name);
  // What is left over explains more than what is missing: it may be the same, mistyped.
  const auto left = app->remaining();
  if (left.empty()) throw Error(fmt::format("{}: {}.{}", name, error.what(), see));
  const std::string word = left.front().substr(0, left.front().find('='));
  if (word.front() == '-') {
    throw Error(fmt::format("{}: unknown flag '{}'{}{}", name, word,
                            did_you_mean(word, flags_of(*app)), see));
  }
  const auto subcommands = subcommands_of(*app);
  throw Error(fmt::format("{}: {} '{}'{}{}", name,
                          subcommands.empty() ? "unexpected argument" : "unknown subcommand", word,
                          did_you_mean(word, subcommands), see));
}

}  // namespace keel
