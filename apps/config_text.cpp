#include "apps/config_text.h"

#include <cctype>
#include <cstdlib>

#include "apps/config_fields.h"

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

}  // namespace

void apply_texts(TrainConfig& config, const SettingLookup& find, const SettingSpelling& spell) {
  visit_fields(config, TextReader{find, spell});
}

void apply_environment(TrainConfig& config, const SettingFilter& wanted) {
  const auto find = [&wanted](std::string_view name) -> std::optional<std::string> {
    if (!wanted(name)) return std::nullopt;
    const char* text = std::getenv(environment_variable(name).c_str());
    if (text == nullptr || *text == '\0') return std::nullopt;
    return text;
  };
  apply_texts(config, find, environment_variable);
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

}  // namespace keel
