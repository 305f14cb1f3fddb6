#include <algorithm>
#include <cstdint>

#include <keel/data/synthetic/noise.h>

namespace keel::synthetic {

ValueNoise::ValueNoise(Rng& rng, int cells)
    : cells_(cells), corners_(static_cast<std::size_t>((cells + 1) * (cells + 1))) {
  for (float& corner : corners_) corner = static_cast<float>(rng.bits()) * 0x1p-31f - 1;
}

float ValueNoise::operator()(float u, float v) const {
  const auto cells = static_cast<float>(cells_);
  const float x = std::clamp(u, 0.0f, 1.0f) * cells, y = std::clamp(v, 0.0f, 1.0f) * cells;
  const int column = std::min(static_cast<int>(x), cells_ - 1);
  const int row = std::min(static_cast<int>(y), cells_ - 1);
  const auto ease = [](float t) { return t * t * (3 - 2 * t); };
  const float s = ease(x - static_cast<float>(column)), t = ease(y - static_cast<float>(row));
  const float* upper = &corners_[static_cast<std::size_t>(row * (cells_ + 1) + column)];
  const float* lower = upper + cells_ + 1;
  const float above = upper[0] + s * (upper[1] - upper[0]);
  const float below = lower[0] + s * (lower[1] - lower[0]);
  return above + t * (below - above);
}

float uniform(Rng& rng, double low, double high) {
  return static_cast<float>(rng.uniform(low, high));
}

float grain(Rng& rng) {
  const std::uint32_t word = rng.bits();
  const std::uint32_t sum = (word & 255) + (word >> 8 & 255) + (word >> 16 & 255) + (word >> 24);
  constexpr float kDeviation = 147.8f;  // of a sum of four bytes: sqrt(4 (256^2 - 1) / 12)
  return (static_cast<float>(sum) - 510.0f) / kDeviation;
}

}  // namespace keel::synthetic
