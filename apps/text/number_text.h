#pragma once
// Numbers as a person reads them. A number that is not finite reads as a dash everywhere.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace keel {

inline constexpr const char* kNothingText = "–";  ///< of what there is none

std::string fixed_text(double value, int digits);  ///< 0.25 -> "0.250"
/// 0.00123456 -> "0.00123"; what has as many digits before the point is whole: 2481.7 -> "2,482".
std::string significant_text(double value, int digits);
/// The same with its sign, as that of a difference: 0.0123 -> "+0.0123", -2 -> "−2.00".
std::string signed_text(double value, int digits);
std::string count_text(double value);  ///< 12345.6 -> "12,346"
/// 1, "run" -> "1 run"; 3, "run" -> "3 runs"
std::string counted_text(std::size_t count, std::string_view noun);
std::string percent_text(double fraction);   ///< 0.91234 -> "91.23 %"
std::string points_text(double fraction);    ///< 0.0123 -> "+1.23", percentage points
std::string duration_text(double seconds);   ///< "48.2 s", "3 min 20 s", "1 h 05 min"
std::string bytes_text(std::int64_t bytes);  ///< "1.5 GiB"
std::string rate_text(double lr);            ///< the shortest that reads back: "0.001"

}  // namespace keel
