#pragma once
// exp in straight-line arithmetic, so that loops over it become vector code.

#include <bit>
#include <cmath>
#include <cstdint>

namespace keel::kernels {

inline double exponential(double v) {
  return std::exp(v);
}

/// exp(v) within 2 units in the last place, infinity and subnormal numbers included; NaN stays NaN.
/// exp(v) = 2^n exp(r), v = n ln 2 + r, |r| <= ln 2 / 2, with ln 2 in two parts and Taylor's
/// polynomial of degree 7.
inline float exponential(float v) {
  constexpr float kSmallest = -104.0f, kLargest = 89.0f;  // beyond: 0 and infinity
  v = v < kSmallest ? kSmallest : v;
  v = v > kLargest ? kLargest : v;
  // Adding 1.5 * 2^23 rounds to the nearest whole number, which its bits then hold.
  constexpr float kRound = 12582912.0f, kLog2E = 1.44269504f;
  const float rounded = v * kLog2E + kRound;
  const float n = rounded - kRound;
  const float r = (v - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.0f / 5040;
  p = p * r + 1.0f / 720;
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  // 2^n in two factors: one alone would leave the range of exponents.
  const std::int32_t whole =
      std::bit_cast<std::int32_t>(rounded) - std::bit_cast<std::int32_t>(kRound);
  const std::int32_t half = whole >> 1;
  const auto power = [](std::int32_t e) { return std::bit_cast<float>((e + 127) << 23); };
  return p * power(half) * power(whole - half);
}

}  // namespace keel::kernels
