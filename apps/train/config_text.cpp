#include "apps/train/config_text.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include <fmt/format.h>

#include <keel/core/nearest.h>

#include "apps/train/config_fields.h"

namespace keel {
namespace {

struct TextReader {
  const SettingLookup& find;
  const SettingSpelling& spell;

  void section(std::string_view) const {}

  template <class T, class Rule>
  void operator()(std::string_view name, T& value, const Rule& rule, std::string_view) const {
    if (const auto text = find(name)) read_setting(spell(name), *text, value, rule);
  }
};

struct NameLister {
  std::vector<std::string>& names;

  void section(std::string_view) const {}

  template <class T, class Rule>
  void operator()(std::string_view name, const T&, const Rule&, std::string_view) const {
    names.emplace_back(name);
  }
};

struct TextFinder {
  std::string_view wanted;
  std::string text{};

  void section(std::string_view) const {}

  template <class T, class Rule>
  void operator()(std::string_view name, const T& value, const Rule&, std::string_view) {
    if (name == wanted) text = fmt::format("{}", value);
  }
};

}  // namespace

void apply_texts(TrainConfig& config, const SettingLookup& find, const SettingSpelling& spell) {
  visit_fields(config, TextReader{find, spell});
}

const std::vector<std::string>& setting_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> listed;
    const TrainConfig config;
    visit_fields(config, NameLister{listed});
    return listed;
  }();
  return names;
}

std::string unknown_setting(std::string_view name, const std::vector<std::string>& known,
                            std::string_view help) {
  return fmt::format("unknown setting '{}'{} {} lists all", name, did_you_mean(name, known), help);
}

void apply_setting(TrainConfig& config, std::string_view name, std::string_view text,
                   std::string_view where) {
  const std::vector<std::string>& known = setting_names();
  check(std::find(known.begin(), known.end(), name) != known.end(), "{}{}",
        where.empty() ? "" : fmt::format("{}: ", where),
        unknown_setting(name, known, "keel train --help"));
  const auto find = [&](std::string_view candidate) -> std::optional<std::string> {
    return candidate == name ? std::optional<std::string>(text) : std::nullopt;
  };
  apply_texts(config, find, [where](std::string_view setting) {
    return where.empty() ? fmt::format("--{}", setting) : std::string(where);
  });
}

std::string setting_text(const TrainConfig& config, std::string_view name) {
  TextFinder finder{name};
  visit_fields(config, finder);
  return finder.text;
}

void apply_environment(TrainConfig& config, const SettingFilter& wanted) {
  const auto find = [&wanted](std::string_view name) -> std::optional<std::string> {
    return wanted(name) ? environment_text(name) : std::nullopt;
  };
  apply_texts(config, find, environment_source);
}

std::string environment_variable(std::string_view setting) {
  if (setting == "data") return "KEEL_DATASET";
  if (setting == "data-dir") return "KEEL_DATA";
  std::string variable = "KEEL_";
  for (const char letter : setting) {
    variable += letter == '-' ? '_' : static_cast<char>(std::toupper(letter));
  }
  return variable;
}

std::optional<std::string> environment_text(std::string_view setting) {
  const char* text = std::getenv(environment_variable(setting).c_str());
  if (text == nullptr || *text == '\0') return std::nullopt;
  return text;
}

std::string environment_source(std::string_view setting) {
  return "environment variable " + environment_variable(setting);
}

}  // namespace keel
