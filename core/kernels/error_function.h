#pragma once
// The complementary error function in straight-line arithmetic, so that loops over it become vector
// code.

#include <bit>
#include <cmath>
#include <cstdint>

#include <keel/core/kernels/exponential.h>

namespace keel::kernels {

inline double complementary_error(double v) {
  return std::erfc(v);
}

/// erfc(v) within 8 units in the last place where it is not subnormal; NaN stays NaN.
/// For x = |v|: t P(t) exp(-x^2) with t = 1 / (1 + 0.4 x), P the polynomial of degree 10 that is
/// nearest to erfc(x) exp(x^2) / t, to 7e-9 of it; erfc(-x) = 2 - erfc(x).
inline float complementary_error(float v) {
  constexpr float kLargest = 10.1f;  // beyond: 0
  float x = std::abs(v);
  x = x > kLargest ? kLargest : x;
  const float t = 1 / (1 + 0.4f * x);
  float p = -0.029214986f;
  p = p * t + 0.140446044f;
  p = p * t - 0.235525786f;
  p = p * t + 0.137559627f;
  p = p * t - 0.0468938576f;
  p = p * t + 0.0839158000f;
  p = p * t + 0.119008470f;
  p = p * t + 0.171739257f;
  p = p * t + 0.207613732f;
  p = p * t + 0.225675860f;
  p = p * t + 0.225675835f;
  // The square of x's first 12 bits is exact; exp of the small rest by Taylor's polynomial.
  const float head = std::bit_cast<float>(std::bit_cast<std::uint32_t>(x) & 0xfffff000u);
  const float rest = (head - x) * (head + x);
  float r = 1.0f / 24;
  r = r * rest + 1.0f / 6;
  r = r * rest + 0.5f;
  r = r * rest + 1.0f;
  r = r * rest + 1.0f;
  const float value = t * p * r * exponential(-head * head);
  return v < 0 ? 2 - value : value;
}

}  // namespace keel::kernels
