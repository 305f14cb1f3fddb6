#include "apps/results/statistics_text.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "apps/text/number_text.h"

namespace keel {

std::string called(const Axes& axes, const Variant& variant) {
  const Axis& axis = axes.main_axis();
  return axis.is_numeric() ? fmt::format("{} {}", axis_word(axis.setting), variant.label)
                           : variant.label;
}

std::string accuracy_text(const Summary& accuracy) {
  if (!std::isfinite(accuracy.deviation)) return percent_text(accuracy.mean);
  return fmt::format("{:.2f} ± {:.2f} %", 100 * accuracy.mean, 100 * accuracy.deviation);
}

std::string accuracy_interval_text(const Summary& accuracy) {
  if (!std::isfinite(accuracy.half_width)) return kNothingText;
  return fmt::format("{:.2f} to {:.2f}", 100 * std::max(0.0, accuracy.mean - accuracy.half_width),
                     100 * std::min(1.0, accuracy.mean + accuracy.half_width));
}

std::string points_interval_text(const Summary& difference) {
  if (!std::isfinite(difference.half_width)) return kNothingText;
  return fmt::format("{} to {}", points_text(difference.mean - difference.half_width),
                     points_text(difference.mean + difference.half_width));
}

std::string steps_to_target_text(const TargetSummary& target) {
  if (target.not_reached == 0) return count_text(target.steps.mean);
  return fmt::format("not reached ({} of {})", target.not_reached,
                     target.reached + target.not_reached);
}

std::string seconds_to_target_text(const TargetSummary& target) {
  const double mean = target.seconds.mean;
  if (target.not_reached > 0) return kNothingText;
  return mean < 99.95 ? fixed_text(mean, 1) : count_text(mean);
}

}  // namespace keel
