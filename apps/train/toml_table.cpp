#include "apps/train/toml_table.h"

#include <algorithm>
#include <cstdint>
#include <sstream>
#include <toml.hpp>
#include <utility>

#include <fmt/format.h>

#include <keel/core/error.h>
#include <keel/core/file.h>

#include "apps/train/config_text.h"

namespace keel {
namespace {

// The library calls itself for each level.
void check_nesting(const std::string& text, const std::string& file) {
  constexpr int kDeepest = 100;
  int depth = 0, line = 1;
  for (const char c : text) {
    if (c == '\n') ++line;
    if (c == '[' || c == '{') ++depth;
    if ((c == ']' || c == '}') && depth > 0) --depth;
    check_data(depth <= kDeepest, "{}:{}: more than {} brackets within one another", file, line,
               kDeepest);
  }
}

int line_of(const toml::value& value) {
#if TOML11_VERSION_MAJOR >= 4
  return static_cast<int>(value.location().first_line_number());
#else
  return static_cast<int>(value.location().line());
#endif
}

bool is_scalar(const toml::value& value) {
  return value.is_string() || value.is_boolean() || value.is_integer() || value.is_floating();
}

TomlScalar scalar_of(const toml::value& value) {
  if (value.is_string()) return {toml::get<std::string>(value), true};
  if (value.is_boolean()) return {toml::get<bool>(value) ? "true" : "false"};
  if (value.is_integer()) return {fmt::format("{}", toml::get<std::int64_t>(value))};
  return {fmt::format("{}", toml::get<double>(value))};
}

}  // namespace

// From the library's values to ours.
class TomlConverter {
 public:
  explicit TomlConverter(std::string file) : file_(std::move(file)) {}

  TomlTable table(const toml::value& source) const {
    TomlTable table;
    table.file_ = file_;
    for (const auto& [name, value] : toml::get<toml::table>(source)) {
      table.values_.emplace(name, converted(value));
    }
    return table;
  }

 private:
  TomlTable::Value converted(const toml::value& source) const {
    TomlTable::Value value;
    value.line = line_of(source);
    if (source.is_table()) {
      value.is_table = true;
      value.tables.push_back(table(source));
    } else if (source.is_array()) {
      add_elements(value, toml::get<std::vector<toml::value>>(source));
    } else {
      check_data(is_scalar(source), "{}:{}: expected a number, true, false, or text in quotes",
                 file_, value.line);
      value.scalar = scalar_of(source);
    }
    return value;
  }

  void add_elements(TomlTable::Value& value, const std::vector<toml::value>& elements) const {
    const bool has_tables = !elements.empty() && elements.front().is_table();
    if (!has_tables) value.list.emplace();
    for (const toml::value& element : elements) {
      check_data(has_tables ? element.is_table() : is_scalar(element),
                 "{}:{}: expected a list of numbers or of texts in quotes", file_, value.line);
      if (has_tables) {
        value.tables.push_back(table(element));
      } else {
        value.list->push_back(scalar_of(element));
      }
    }
  }

  std::string file_;
};

TomlTable TomlTable::read(const std::filesystem::path& path) {
  constexpr std::uint64_t kMaxBytes = 1 << 20;
  const std::string text = read_file(path, kMaxBytes);
  check_nesting(text, path.string());
  std::istringstream stream(text);
  toml::value root;
  try {
    root = toml::parse(stream, path.string());
  } catch (const std::exception& error) {
    throw Error(fmt::format("{}: not TOML\n{}", path.string(), error.what()), ErrorKind::kData);
  }
  return TomlConverter(path.string()).table(root);
}

std::vector<std::string> TomlTable::names() const {
  std::vector<std::string> names;
  for (const auto& [name, value] : values_) names.push_back(name);
  return names;
}

const TomlTable::Value* TomlTable::find(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? nullptr : &found->second;
}

std::optional<TomlScalar> TomlTable::scalar(std::string_view name) const {
  const Value* value = find(name);
  if (value == nullptr) return std::nullopt;
  check_data(value->scalar.has_value(), "{}{}: expected one value", where(name), name);
  return value->scalar;
}

std::optional<std::vector<TomlScalar>> TomlTable::list(std::string_view name) const {
  const Value* value = find(name);
  if (value == nullptr) return std::nullopt;
  check_data(value->list.has_value(), "{}{}: expected a list, [A, B, ...]", where(name), name);
  return value->list;
}

std::optional<TomlTable> TomlTable::table(std::string_view name) const {
  const Value* value = find(name);
  if (value == nullptr) return std::nullopt;
  check_data(value->is_table, "{}{}: expected a table, [{}]", where(name), name, name);
  return value->tables.front();
}

std::vector<TomlTable> TomlTable::tables(std::string_view name) const {
  const Value* value = find(name);
  if (value == nullptr) return {};
  check_data(!value->is_table && !value->tables.empty(), "{}{}: expected tables, each [[{}]]",
             where(name), name, name);
  return value->tables;
}

void TomlTable::expect_only(const std::vector<std::string>& known, std::string_view help) const {
  for (const auto& [name, value] : values_) {
    check_data(std::find(known.begin(), known.end(), name) != known.end(), "{}{}", where(name),
               unknown_setting(name, known, help));
  }
}

std::string TomlTable::where(std::string_view name) const {
  const Value* value = find(name);
  return fmt::format("{}:{}: ", file_, value == nullptr ? 1 : value->line);
}

}  // namespace keel
