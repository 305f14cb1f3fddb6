#include "apps/train/config_file.h"

#include <nlohmann/json.hpp>
#include <string_view>
#include <type_traits>

#include "apps/train/config_fields.h"
#include "apps/train/config_text.h"

namespace keel {
namespace {

constexpr bool kKeepUnicode = false;

std::string quoted(const std::string& text) {
  using nlohmann::json;
  return json(text).dump(-1, ' ', kKeepUnicode, json::error_handler_t::replace);
}

class TomlWriter {
 public:
  void section(std::string_view title) { text += fmt::format("\n# {}\n", title); }

  template <class T, class Rule>
  void operator()(std::string_view name, const T& value, const Rule& rule, std::string_view help) {
    std::string literal;
    if constexpr (std::is_same_v<T, std::string>) {
      literal = quoted(value);
    } else {
      literal = fmt::format("{}", value);
    }
    text +=
        fmt::format("{:<32} # {}\n", fmt::format("{} = {}", name, literal), explained(help, rule));
  }

  std::string text = "# Settings of a training run. To repeat it: keel train --config FILE\n";
};

}  // namespace

std::string to_toml(const TrainConfig& config) {
  TomlWriter writer;
  visit_fields(config, writer);
  return writer.text;
}

void apply_config_file(TrainConfig& config, const std::filesystem::path& path) {
  const TomlTable file = TomlTable::read(path);
  file.expect_only(setting_names(), "keel train --help");
  TrainConfig result = config;
  visit_fields(result, TomlSettings{file});
  config = result;
}

}  // namespace keel
