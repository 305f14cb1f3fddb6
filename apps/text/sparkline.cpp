#include "apps/text/sparkline.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace keel {

std::string sparkline(const std::vector<double>& fractions) {
  constexpr std::array<const char*, 8> kBars{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const std::size_t count = std::min(fractions.size(), kSparklineBars);
  std::string text;
  for (std::size_t i = 1; i <= count; ++i) {
    const double value = fractions[i * fractions.size() / count - 1];
    if (!std::isfinite(value)) {
      text += ' ';
      continue;
    }
    const double height = std::clamp(value, 0.0, 1.0) * (kBars.size() - 1);
    text += kBars.at(static_cast<std::size_t>(std::lround(height)));
  }
  return text;
}

}  // namespace keel
