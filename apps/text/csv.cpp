#include "apps/text/csv.h"

#include <cmath>

#include <fmt/format.h>

namespace keel {

CsvRow& CsvRow::operator<<(std::string_view text) {
  const std::string_view quote =
      text.find_first_of(",\"\r\n") == std::string_view::npos ? "" : "\"";
  line_ += separator_;
  line_ += quote;
  for (const char c : text) line_.append(c == '"' ? 2 : 1, c);
  line_ += quote;
  separator_ = ",";
  return *this;
}

CsvRow& CsvRow::operator<<(double value) {
  return *this << std::string_view(std::isfinite(value) ? fmt::format("{}", value) : "");
}

CsvRow& CsvRow::operator<<(std::int64_t value) {
  return *this << std::string_view(fmt::format("{}", value));
}

CsvRow& CsvRow::operator<<(std::uint64_t value) {
  return *this << std::string_view(fmt::format("{}", value));
}

}  // namespace keel
