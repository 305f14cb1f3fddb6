#include "apps/options/unread_variables.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>
#include <unistd.h>

#include <keel/core/nearest.h>

#include "apps/compare/experiment_file.h"
#include "apps/train/config_text.h"

namespace keel {
namespace {

std::vector<std::string> known_variables() {
  std::vector<std::string> variables{"KEEL_ISA", "KEEL_BLAS_REPAIR"};
  for (const AxisFlag& axis : kAxisFlags) variables.push_back(environment_variable(axis.name));
  for (const std::string& name : comparison_setting_names()) {
    variables.push_back(environment_variable(name));
  }
  for (const std::string& name : setting_names()) variables.push_back(environment_variable(name));
  return variables;
}

}  // namespace

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
