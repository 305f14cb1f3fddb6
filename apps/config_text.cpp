#include "apps/config_text.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include <fmt/format.h>
#include <unistd.h>

#include <keel/core/nearest.h>

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

struct VariableLister {
  std::vector<std::string>& variables;

  void section(std::string_view) const {}

  template <class T, class Rule>
  void operator()(std::string_view name, const T&, const Rule&, std::string_view) const {
    variables.push_back(environment_variable(name));
  }
};

std::vector<std::string> known_variables() {
  std::vector<std::string> variables{"KEEL_ISA", "KEEL_BLAS_REPAIR"};
  for (const char* list : {"norms", "lrs", "batch-sizes", "seeds"}) {
    variables.push_back(environment_variable(list));
  }
  const TrainConfig config;
  visit_fields(config, VariableLister{variables});
  return variables;
}

}  // namespace

void apply_texts(TrainConfig& config, const SettingLookup& find, const SettingSpelling& spell) {
  visit_fields(config, TextReader{find, spell});
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

std::vector<std::string> unread_variables() {
  const std::vector<std::string> known = known_variables();
  std::vector<std::string> sentences;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::string variable(text.substr(0, text.find('=')));
    if (variable.rfind("KEEL_", 0) != 0) continue;
    if (std::find(known.begin(), known.end(), variable) != known.end()) continue;
    sentences.push_back(fmt::format("nothing reads the environment variable {}{}", variable,
                                    did_you_mean(variable, known)));
  }
  return sentences;
}

}  // namespace keel
