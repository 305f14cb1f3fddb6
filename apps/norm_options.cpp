#include "apps/norm_options.h"

#include <charconv>

#include <keel/core/error.h>

namespace keel {

NormOptions norm_options(const TrainConfig& config) {
  return {.eps = config.norm_eps,
          .momentum = parse_momentum(config.norm_momentum),
          .groups = config.groups};
}

std::optional<double> parse_momentum(const std::string& text) {
  if (text == "none") return std::nullopt;
  double value = -1;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  check(problem == std::errc() && end == text.data() + text.size() && value >= 0 && value <= 1,
        "--norm-momentum {}: expected a number between 0 and 1, or none", text);
  return value;
}

std::string momentum_text(std::optional<double> momentum) {
  return momentum ? fmt::format("{}", *momentum) : "none";
}

}  // namespace keel
