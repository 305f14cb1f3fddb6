#pragma once
// A TOML file, read for its settings. (Only toml_table.cpp includes the TOML library.)

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keel {

/// A number, a truth value or a text of a TOML file.
struct TomlScalar {
  std::string text;  ///< as a flag would have it, without quotes
  bool is_text = false;
};

/// The names and values of one table of a file, each with its place.
class TomlTable {
 public:
  /// The file's outermost table. Throws Error(kData) naming the file and the line: no TOML, nested
  /// beyond reason, larger than 1 MiB, dates.
  static TomlTable read(const std::filesystem::path& path);

  std::vector<std::string> names() const;
  /// The value of a name, if it is there. Throws Error(kData) where it is of another kind.
  std::optional<TomlScalar> scalar(std::string_view name) const;
  std::optional<std::vector<TomlScalar>> list(std::string_view name) const;
  std::optional<TomlTable> table(std::string_view name) const;  ///< [name]
  std::vector<TomlTable> tables(std::string_view name) const;   ///< each [[name]]

  /// Throws Error(kData) unless each of the names is one of these, which the command `help` lists.
  void expect_only(const std::vector<std::string>& known, std::string_view help) const;
  /// "exp.toml:3: ", where a name is.
  std::string where(std::string_view name) const;

 private:
  struct Value {
    int line = 0;
    std::optional<TomlScalar> scalar;
    std::optional<std::vector<TomlScalar>> list;
    std::vector<TomlTable> tables;  // one for [name], any number for [[name]]
    bool is_table = false;
  };
  friend class TomlConverter;

  const Value* find(std::string_view name) const;

  std::string file_;
  std::map<std::string, Value, std::less<>> values_;
};

}  // namespace keel
