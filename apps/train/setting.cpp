#include "apps/train/setting.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <optional>
#include <type_traits>

#include <fmt/ranges.h>

#include <keel/core/error.h>
#include <keel/core/nearest.h>
#include <keel/layers/norm_spec.h>

namespace keel {
namespace {

std::string text_of(const Range& range) {
  if (std::isinf(range.high)) {
    if (std::isinf(range.low)) return "";
    return fmt::format(" {} {}", range.excludes_low ? "above" : "of at least", range.low);
  }
  return fmt::format(" from {}{} to {}{}", range.excludes_low ? "above " : "", range.low,
                     range.excludes_high ? "below " : "", range.high);
}

bool holds(const Range& range, double value) {
  return std::isfinite(value) && value >= range.low && value <= range.high &&
         !(range.excludes_low && value == range.low) &&
         !(range.excludes_high && value == range.high);
}

template <class T>
std::optional<T> number(std::string_view text, const Range& range) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (!holds(range, static_cast<double>(value))) return std::nullopt;
  return value;
}

}  // namespace

void read_setting(std::string_view where, std::string_view text, bool& value, Switch) {
  static const std::vector<std::string_view> kOn{"true", "on", "yes", "1"};
  static const std::vector<std::string_view> kOff{"false", "off", "no", "0"};
  const auto is_in = [text](const auto& words) {
    return std::find(words.begin(), words.end(), text) != words.end();
  };
  const bool on = is_in(kOn);
  check(on || is_in(kOff), "{}: expected true or false, got \"{}\"", where, text);
  value = on;
}

void read_setting(std::string_view, std::string_view text, std::string& value, FreeText) {
  value = text;
}

void read_setting(std::string_view where, std::string_view text, std::string& value, PngFile) {
  check(std::filesystem::path(text).extension() == ".png",
        "{}: expected the name of a .png file, got \"{}\"", where, text);
  value = text;
}

void read_setting(std::string_view where, std::string_view text, std::string& value,
                  const Name& name) {
  const bool known = std::find(name.known.begin(), name.known.end(), text) != name.known.end();
  if (!known && !(text.empty() && name.may_be_empty)) {
    throw Error(fmt::format("{}: {}", where, unknown_name("name", text, name.known)));
  }
  value = text;
}

void read_setting(std::string_view where, std::string_view text, std::string& value, NormName) {
  try {
    value = to_text(text);
  } catch (Error& error) {
    error.add_context(where);
    throw;
  }
}

void read_setting(std::string_view where, std::string_view text, std::string& value,
                  const RangeOrWord& rule) {
  check(text == rule.word || number<double>(text, rule.range),
        "{}: expected a number{}, or {}, got \"{}\"", where, text_of(rule.range), rule.word, text);
  value = text;
}

template <class T>
void read_setting(std::string_view where, std::string_view text, T& value, const Range& range) {
  using Read = std::conditional_t<std::is_unsigned_v<T>, std::int64_t, T>;
  const std::optional<Read> read = number<Read>(text, range);
  check(read.has_value(), "{}: expected a {}number{}, got \"{}\"", where,
        std::is_integral_v<T> ? "whole " : "", text_of(range), text);
  value = static_cast<T>(*read);
}
template void read_setting(std::string_view, std::string_view, double&, const Range&);
template void read_setting(std::string_view, std::string_view, int&, const Range&);
template void read_setting(std::string_view, std::string_view, std::int64_t&, const Range&);
template void read_setting(std::string_view, std::string_view, std::uint64_t&, const Range&);

std::string explained(std::string_view help, const Name& name) {
  return fmt::format("{} ({})", help, fmt::join(name.known, ", "));
}

}  // namespace keel
