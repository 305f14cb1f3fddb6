#pragma once
// What the statistics of runs read like.

#include <string>

#include "apps/results/statistics.h"

namespace keel {

/// What tells a variant from the others: "batch", or "lr 0.1" of a numeric axis.
std::string called(const Axes& axes, const Variant& variant);

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
