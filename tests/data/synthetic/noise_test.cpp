#include <algorithm>
#include <cmath>

#include <keel/data/synthetic/noise.h>

#include "tests/support/test.h"

using namespace keel;
using namespace keel::synthetic;

TEST_CASE("value noise is smooth, bounded and constant beyond the unit square") {
  Rng rng(1);
  const ValueNoise noise(rng, 4);
  float lowest = 1, highest = -1;
  for (int i = 0; i < 1000; ++i) {
    const float u = static_cast<float>(i) / 1000;
    const float here = noise(u, 0.3f);
    lowest = std::min(lowest, here);
    highest = std::max(highest, here);
    // Over a cell it changes by 2 at most, at its steepest 1.5 times as fast as on average.
    CHECK(std::abs(noise(u + 0.001f, 0.3f) - here) <= 1.01f * 2 * 1.5f * 4 * 0.001f);
  }
  CHECK((lowest >= -1 && highest < 1 && highest - lowest > 0.2f));
  CHECK(noise(-3, 0.3f) == noise(0, 0.3f));
  CHECK(noise(0.3f, 7) == noise(0.3f, 1));
}

TEST_CASE("grain has mean 0 and deviation 1") {
  Rng rng(2);
  double sum = 0, square = 0;
  constexpr int kSamples = 100000;
  for (int i = 0; i < kSamples; ++i) {
    const double v = grain(rng);
    REQUIRE(std::abs(v) <= 3.5);
    sum += v;
    square += v * v;
  }
  CHECK(sum / kSamples == Approx(0).margin(0.02));
  CHECK(square / kSamples == Approx(1).margin(0.02));
}
