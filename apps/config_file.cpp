#include "apps/config_file.h"

#include <algorithm>
#include <sstream>
#include <type_traits>
#include <vector>

#include <fmt/format.h>
#include <toml++/toml.h>

#include <keel/core/error.h>
#include <keel/core/file.h>
#include <keel/core/nearest.h>

#include "apps/config_fields.h"

namespace keel {
namespace {

std::string quoted(const std::string& text) {
  std::ostringstream literal;
  literal << toml::value<std::string>(text);
  return literal.str();
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

class TomlReader {
 public:
  TomlReader(const toml::table& table, std::string file) : table_(table), file_(std::move(file)) {}

  void section(std::string_view) const {}

  template <class T, class Rule>
  void operator()(std::string_view name, T& value, const Rule& rule, std::string_view) {
    known_.emplace_back(name);
    const toml::node* node = table_.get(name);
    if (node == nullptr) return;
    const std::string where = fmt::format("{}: {}", place(*node), name);
    constexpr bool kNumberOrText = std::is_same_v<Rule, RangeOrWord>;
    if constexpr (std::is_same_v<T, bool>) {
      expect(node->is_boolean(), where, "true or false", *node);
    } else if constexpr (std::is_same_v<T, std::string>) {
      expect(node->is_string() || (kNumberOrText && node->is_number()), where, "text in quotes",
             *node);
    } else if constexpr (std::is_integral_v<T>) {
      expect(node->is_integer(), where, "a whole number", *node);
    } else {
      expect(node->is_number(), where, "a number", *node);
    }
    try {
      read_setting(where, text_of(*node), value, rule);
    } catch (const Error& error) {
      throw Error(error.what(), ErrorKind::kData);
    }
  }

  /// To be called at the end, when all names are known.
  void expect_no_other_keys() const {
    for (const auto& [key, node] : table_) {
      const std::string name(std::string_view{key});
      check_data(std::find(known_.begin(), known_.end(), name) != known_.end(),
                 "{}: unknown setting '{}'{}", place(node), name, did_you_mean(name, known_));
    }
  }

 private:
  std::string place(const toml::node& node) const {
    return fmt::format("{}:{}", file_, node.source().begin.line);
  }

  static void expect(bool ok, const std::string& where, std::string_view expected,
                     const toml::node& found) {
    std::ostringstream type;
    type << found.type();
    check_data(ok, "{}: expected {}, found {}", where, expected, type.str());
  }

  static std::string text_of(const toml::node& node) {
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* flag = node.as_boolean()) return fmt::format("{}", flag->get());
    if (const auto* whole = node.as_integer()) return fmt::format("{}", whole->get());
    return fmt::format("{}", node.as_floating_point()->get());
  }

  const toml::table& table_;
  const std::string file_;
  std::vector<std::string> known_;
};

}  // namespace

std::string to_toml(const TrainConfig& config) {
  TomlWriter writer;
  visit_fields(config, writer);
  return writer.text;
}

void apply_config_file(TrainConfig& config, const std::filesystem::path& path) {
  constexpr std::uint64_t kMaxBytes = 1 << 20;
  const std::string text = read_file(path, kMaxBytes);
  try {
    const toml::table table = toml::parse(text);
    TomlReader reader(table, path.string());
    TrainConfig result = config;
    visit_fields(result, reader);
    reader.expect_no_other_keys();
    config = result;
  } catch (const toml::parse_error& error) {
    throw Error(
        fmt::format("{}:{}: {}", path.string(), error.source().begin.line, error.description()),
        ErrorKind::kData);
  }
}

}  // namespace keel
