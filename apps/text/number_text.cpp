#include "apps/text/number_text.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace keel {
namespace {

constexpr const char* kNothing = "–";

}  // namespace

std::string fixed_text(double value, int digits) {
  return std::isfinite(value) ? fmt::format("{:.{}f}", value, digits) : kNothing;
}

std::string significant_text(double value, int digits) {
  if (!std::isfinite(value)) return kNothing;
  // Rounds to as many digits before the point; beyond that many, powers of ten say more.
  constexpr double kLargest = 1e9;
  const double whole = std::pow(10, digits - 1) - 0.05;
  const double magnitude = std::fabs(value);
  if (magnitude >= whole && magnitude < kLargest) return count_text(value);
  return fmt::format("{:#.{}g}", value, digits);
}

std::string count_text(double value) {
  if (!std::isfinite(value)) return kNothing;
  const std::string digits = fixed_text(std::fabs(value), 0);
  std::string text = value <= -0.5 ? "-" : "";
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

std::string percent_text(double fraction) {
  return std::isfinite(fraction) ? fmt::format("{:.2f} %", 100 * fraction) : kNothing;
}

std::string points_text(double fraction) {
  if (!std::isfinite(fraction)) return kNothing;
  return fmt::format("{}{:.2f}", fraction < 0 ? "−" : "+", 100 * std::fabs(fraction));
}

std::string duration_text(double seconds) {
  if (!std::isfinite(seconds)) return kNothing;
  if (seconds < 99.95) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

std::string bytes_text(std::int64_t bytes) {
  const double kibibytes = static_cast<double>(bytes) / 1024;
  if (kibibytes < 1023.5) return fmt::format("{:.0f} KiB", kibibytes);
  const double mebibytes = kibibytes / 1024;
  return mebibytes < 1024 ? fmt::format("{:.0f} MiB", mebibytes)
                          : fmt::format("{:.1f} GiB", mebibytes / 1024);
}

std::string rate_text(double lr) {
  return std::isfinite(lr) ? fmt::format("{}", lr) : kNothing;
}

std::string accuracy_text(const Summary& accuracy) {
  if (!std::isfinite(accuracy.deviation)) return percent_text(accuracy.mean);
  return fmt::format("{:.2f} ± {:.2f} %", 100 * accuracy.mean, 100 * accuracy.deviation);
}

std::string accuracy_interval_text(const Summary& accuracy) {
  if (!std::isfinite(accuracy.half_width)) return kNothing;
  return fmt::format("{:.2f} to {:.2f}", 100 * std::max(0.0, accuracy.mean - accuracy.half_width),
                     100 * std::min(1.0, accuracy.mean + accuracy.half_width));
}

std::string points_interval_text(const Summary& difference) {
  if (!std::isfinite(difference.half_width)) return kNothing;
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
  if (target.not_reached > 0) return kNothing;
  return mean < 99.95 ? fixed_text(mean, 1) : count_text(mean);
}

}  // namespace keel
