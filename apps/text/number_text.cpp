#include "apps/text/number_text.h"

#include <cmath>

#include <fmt/format.h>

namespace keel {

std::string fixed_text(double value, int digits) {
  return std::isfinite(value) ? fmt::format("{:.{}f}", value, digits) : kNothingText;
}

std::string significant_text(double value, int digits) {
  if (!std::isfinite(value)) return kNothingText;
  // Rounds to as many digits before the point; beyond that many, powers of ten say more.
  constexpr double kLargest = 1e9;
  const double whole = std::pow(10, digits - 1) - 0.05;
  const double magnitude = std::fabs(value);
  if (magnitude >= whole && magnitude < kLargest) return count_text(value);
  return fmt::format("{:#.{}g}", value, digits);
}

std::string signed_text(double value, int digits) {
  if (!std::isfinite(value)) return kNothingText;
  return (value < 0 ? "−" : "+") + significant_text(std::fabs(value), digits);
}

std::string count_text(double value) {
  if (!std::isfinite(value)) return kNothingText;
  const std::string digits = fixed_text(std::fabs(value), 0);
  std::string text = value <= -0.5 ? "-" : "";
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

std::string counted_text(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string percent_text(double fraction) {
  return std::isfinite(fraction) ? fmt::format("{:.2f} %", 100 * fraction) : kNothingText;
}

std::string points_text(double fraction) {
  if (!std::isfinite(fraction)) return kNothingText;
  return fmt::format("{}{:.2f}", fraction < 0 ? "−" : "+", 100 * std::fabs(fraction));
}

std::string duration_text(double seconds) {
  if (!std::isfinite(seconds)) return kNothingText;
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
  return std::isfinite(lr) ? fmt::format("{}", lr) : kNothingText;
}

}  // namespace keel
