#pragma once
// Numbers as a person reads them. A number that is not finite reads as a dash everywhere.

#include <cstdint>
#include <string>

#include "apps/compare/statistics.h"

namespace keel {

std::string fixed_text(double value, int digits);  ///< 0.25 -> "0.250"
/// 0.00123456 -> "0.00123"; what has as many digits before the point is whole: 2481.7 -> "2,482".
std::string significant_text(double value, int digits);
std::string count_text(double value);        ///< 12345.6 -> "12,346"
std::string percent_text(double fraction);   ///< 0.91234 -> "91.23 %"
std::string points_text(double fraction);    ///< 0.0123 -> "+1.23", percentage points
std::string duration_text(double seconds);   ///< "48.2 s", "3 min 20 s", "1 h 05 min"
std::string bytes_text(std::int64_t bytes);  ///< "1.5 GiB"
std::string rate_text(double lr);            ///< the shortest that reads back: "0.001"

/// "91.23 ± 0.15 %", or without the deviation when one run is all there is.
std::string accuracy_text(const Summary& accuracy);

/// "90.00 to 92.46": the ends of the 95 % interval of a mean accuracy in per cent, no further than
/// 0 and 100; a dash when there is none.
std::string accuracy_interval_text(const Summary& accuracy);
/// "+7.58 to +32.42": the same of a mean difference, in percentage points.
std::string points_interval_text(const Summary& difference);

/// The mean once every run has reached the target, else "not reached (2 of 3)" or a dash.
std::string steps_to_target_text(const TargetSummary& target);
std::string seconds_to_target_text(const TargetSummary& target);

}  // namespace keel
