#include "apps/text/display_width.h"

#include <algorithm>
#include <array>
#include <bit>

namespace keel {
namespace {

struct Interval {
  char32_t first, last;
  bool holds(char32_t code) const { return code >= first && code <= last; }
};

// Unicode's combining marks of Latin, Greek and Cyrillic letters, and variation selectors.
constexpr std::array<Interval, 5> kCombining{
    {{0x0300, 0x036F}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}}};
// The blocks of Unicode's East Asian Width "wide" and "fullwidth" (UAX #11).
constexpr std::array<Interval, 11> kWide{{{0x1100, 0x115F},
                                          {0x2E80, 0x303E},
                                          {0x3041, 0xA4CF},
                                          {0xAC00, 0xD7A3},
                                          {0xF900, 0xFAFF},
                                          {0xFE30, 0xFE6F},
                                          {0xFF00, 0xFF60},
                                          {0xFFE0, 0xFFE6},
                                          {0x1F300, 0x1F64F},
                                          {0x1F900, 0x1F9FF},
                                          {0x20000, 0x3FFFD}}};

struct Letter {
  std::size_t bytes, columns;
};

// The first letter of text that is not empty.
Letter first_letter(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const auto length = static_cast<std::size_t>(std::countl_one(lead));
  if (length < 2 || length > 4 || length > text.size()) return {1, 1};
  char32_t code = lead & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0u) != 0x80u) return {1, 1};
    code = code << 6 | (byte & 0x3Fu);
  }
  const auto is_in = [code](const auto& intervals) {
    return std::any_of(intervals.begin(), intervals.end(),
                       [code](const Interval& interval) { return interval.holds(code); });
  };
  if (is_in(kCombining)) return {length, 0};
  return {length, is_in(kWide) ? std::size_t{2} : std::size_t{1}};
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const Letter letter = first_letter(text);
    columns += letter.columns;
    text.remove_prefix(letter.bytes);
  }
  return columns;
}

std::string_view cut_to_width(std::string_view text, std::size_t columns) {
  std::size_t bytes = 0;
  while (bytes < text.size()) {
    const Letter letter = first_letter(text.substr(bytes));
    if (letter.columns > columns) break;
    columns -= letter.columns;
    bytes += letter.bytes;
  }
  return text.substr(0, bytes);
}

}  // namespace keel
