#pragma once
// Lines of comma-separated values, as RFC 4180 has them.

#include <cstdint>
#include <string>
#include <string_view>

namespace keel {

class CsvRow {
 public:
  CsvRow& operator<<(std::string_view text);
  CsvRow& operator<<(double value);  ///< an empty field when it is not finite
  CsvRow& operator<<(std::int64_t value);
  CsvRow& operator<<(std::uint64_t value);

  std::string line() const { return line_ + "\r\n"; }

 private:
  std::string line_;
  std::string_view separator_;
};

}  // namespace keel
