#pragma once
// exp, exp - 1, log(1 + v) and tanh in straight-line arithmetic, so that loops over them become
// vector code.

#include <bit>
#include <cmath>
#include <cstdint>

namespace keel::kernels {

/// exp(v) = 2^whole (1 + rest)
struct ExponentialParts {
  std::int32_t whole;
  float rest;
};

/// For |v| up to 2^20: v = whole ln 2 + r, |r| <= ln 2 / 2, with ln 2 in two parts; the rest by
/// Taylor's polynomial of degree 7.
inline ExponentialParts exponential_parts(float v) {
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
  return {std::bit_cast<std::int32_t>(rounded) - std::bit_cast<std::int32_t>(kRound), p * r};
}

/// 2^e for -127 < e < 128
inline float power_of_two(std::int32_t e) {
  return std::bit_cast<float>((e + 127) << 23);
}

inline double exponential(double v) {
  return std::exp(v);
}

/// exp(v) within 2 units in the last place, infinity and subnormal numbers included; NaN stays NaN.
inline float exponential(float v) {
  constexpr float kSmallest = -104.0f, kLargest = 89.0f;  // beyond: 0 and infinity
  v = v < kSmallest ? kSmallest : v;
  v = v > kLargest ? kLargest : v;
  const ExponentialParts parts = exponential_parts(v);
  // 2^whole in two factors: one alone would leave the range of exponents.
  const std::int32_t half = parts.whole >> 1;
  return (parts.rest + 1.0f) * power_of_two(half) * power_of_two(parts.whole - half);
}

inline double exponential_minus_one(double v) {
  return v > 0 ? 0 : std::expm1(v);
}

/// exp(v) - 1 for v < 0 within 4 units in the last place, 0 for v >= 0; NaN stays NaN.
inline float exponential_minus_one(float v) {
  constexpr float kSmallest = -30.0f;  // beyond: -1
  v = v < kSmallest ? kSmallest : v;
  v = v > 0 ? 0 : v;
  const ExponentialParts parts = exponential_parts(v);
  const float power = power_of_two(parts.whole);
  return parts.rest * power + (power - 1.0f);
}

inline double logarithm_of_one_plus(double v) {
  return std::log1p(v);
}

/// log(1 + v) for 0 <= v <= 1 within 4 units in the last place; NaN stays NaN. 2 atanh(s) with
/// s = v / (2 + v), by Taylor's polynomial of degree 15.
inline float logarithm_of_one_plus(float v) {
  const float s = v / (2 + v), square = s * s;
  float p = 1.0f / 15;
  p = p * square + 1.0f / 13;
  p = p * square + 1.0f / 11;
  p = p * square + 1.0f / 9;
  p = p * square + 1.0f / 7;
  p = p * square + 1.0f / 5;
  p = p * square + 1.0f / 3;
  p = p * square + 1.0f;
  return 2 * s * p;
}

inline double hyperbolic_tangent(double v) {
  return std::tanh(v);
}

/// tanh(v) = e / (e + 2) with e = exp(2 |v|) - 1, and the sign of v, within 4 units in the last
/// place; NaN stays NaN.
inline float hyperbolic_tangent(float v) {
  constexpr float kLargest = 30.0f;  // beyond: 1
  float twice = 2 * std::abs(v);
  twice = twice > kLargest ? kLargest : twice;
  const ExponentialParts parts = exponential_parts(twice);
  const float power = power_of_two(parts.whole);
  const float e = parts.rest * power + (power - 1.0f);
  return std::copysign(e / (e + 2.0f), v);
}

}  // namespace keel::kernels
