#pragma once
// Numbers as a person reads them. A number that is not finite reads as a dash everywhere.

#include <cstdint>
#include <string>

#include "apps/statistics.h"

namespace keel {

std::string fixed_text(double value, int digits);        ///< 0.25 -> "0.250"
std::string significant_text(double value, int digits);  ///< 0.00123456 -> "0.00123"
std::string count_text(double value);                    ///< 12345.6 -> "12,346"
std::string percent_text(double fraction);               ///< 0.91234 -> "91.23 %"
std::string points_text(double fraction);                ///< 0.0123 -> "+1.23", percentage points
std::string duration_text(double seconds);               ///< "48.2 s", "3 min 20 s", "1 h 05 min"
std::string bytes_text(std::int64_t bytes);              ///< "1.5 GiB"
std::string rate_text(double lr);                        ///< the shortest that reads back: "0.001"

/// "91.23 ± 0.15 %", or without the deviation when one run is all there is.
std::string accuracy_text(const Summary& accuracy);

/// The mean once every run has reached the target, else "not reached (2 of 3)" or a dash.
std::string steps_to_target_text(const TargetSummary& target);
std::string seconds_to_target_text(const TargetSummary& target);

}  // namespace keel
