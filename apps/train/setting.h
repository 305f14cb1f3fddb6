#pragma once
// The values a setting may have, read from text: the same for a flag, an environment variable and
// a file. Every read_setting leaves `value` alone and throws Error when the text will not do; the
// message begins with `where` ("--lr", "environment variable KEEL_LR", "file.toml:3: lr") and says
// what was expected.

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <keel/core/error.h>

namespace keel {

/// On or off: true, false, on, off, yes, no, 1, 0.
struct Switch {};
/// Any text; the value_name stands for it in help texts.
struct FreeText {
  const char* value_name;
};
/// The name of a PNG file to write.
struct PngFile {};
/// One of the known names, or (where allowed) none at all.
struct Name {
  std::vector<std::string> known;
  bool may_be_empty = false;
};
/// A normalisation, as layers/norm_spec.h describes it; kept in its shortest spelling.
struct NormName {};
/// A finite number.
struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool excludes_low = false, excludes_high = false;
};
/// A number kept as text, or the word that stands in for one.
struct RangeOrWord {
  Range range;
  std::string word;
};

inline Range above(double low) {
  return {.low = low, .excludes_low = true};
}
inline Range at_least(double low) {
  return {.low = low};
}
inline Range from_to(double low, double high) {
  return {.low = low, .high = high};
}
inline Range from_below(double low, double high) {
  return {.low = low, .high = high, .excludes_high = true};
}

void read_setting(std::string_view where, std::string_view text, bool& value, Switch);
void read_setting(std::string_view where, std::string_view text, std::string& value, FreeText);
void read_setting(std::string_view where, std::string_view text, std::string& value, PngFile);
void read_setting(std::string_view where, std::string_view text, std::string& value,
                  const Name& name);
void read_setting(std::string_view where, std::string_view text, std::string& value, NormName);
void read_setting(std::string_view where, std::string_view text, std::string& value,
                  const RangeOrWord& rule);
/// T is double, int, std::int64_t or std::uint64_t (below 2^63, as a TOML file can hold no more).
template <class T>
void read_setting(std::string_view where, std::string_view text, T& value, const Range& range);

/// The help text of a setting, with its known names.
std::string explained(std::string_view help, const Name& name);
template <class Rule>
std::string explained(std::string_view help, const Rule&) {
  return std::string(help);
}

}  // namespace keel
