#include <cmath>
#include <limits>

#include <keel/core/kernels/exponential.h>

#include "tests/support/test.h"

using keel::kernels::exponential;
using keel::kernels::exponential_minus_one;
using keel::kernels::hyperbolic_tangent;

TEST_CASE("the vectorisable exp is within two units in the last place of the true one") {
  double worst = 0;
  for (float v = -87.0f; v < 88.7f; v += 0.00137f) {
    const double exact = std::exp(static_cast<double>(v));
    const float rounded = static_cast<float>(exact);
    const double unit = std::nextafter(rounded, std::numeric_limits<float>::infinity()) - rounded;
    worst = std::max(worst, std::abs(static_cast<double>(exponential(v)) - exact) / unit);
  }
  CHECK(worst < 2);
}

TEST_CASE("the vectorisable exp keeps to the limits of float") {
  const float infinity = std::numeric_limits<float>::infinity();
  CHECK(exponential(0.0f) == 1.0f);
  CHECK(exponential(-infinity) == 0.0f);
  CHECK(exponential(-200.0f) == 0.0f);
  CHECK(exponential(infinity) == infinity);
  CHECK(exponential(89.0f) == infinity);
  CHECK(exponential(88.7f) < infinity);
  CHECK(std::isnan(exponential(std::numeric_limits<float>::quiet_NaN())));
  CHECK(exponential(-100.0f) == Approx(std::exp(-100.0)).epsilon(0.05));  // subnormal
}

TEST_CASE("the vectorisable exp - 1 is within four units in the last place, below 0") {
  double worst = 0;
  const auto compare = [&](float v) {
    const double exact = std::expm1(static_cast<double>(v));
    const float rounded = -static_cast<float>(exact);
    const double unit = std::nextafter(rounded, std::numeric_limits<float>::infinity()) - rounded;
    worst = std::max(worst, std::abs(static_cast<double>(exponential_minus_one(v)) - exact) / unit);
  };
  for (float v = -40.0f; v < 0; v += 0.000137f) compare(v);
  for (float v = 1e-30f; v < 1.0f; v *= 1.01f) compare(-v);
  CHECK(worst < 4);
  const float infinity = std::numeric_limits<float>::infinity();
  CHECK(exponential_minus_one(-infinity) == -1.0f);
  CHECK(exponential_minus_one(infinity) == 0.0f);
  CHECK(exponential_minus_one(2.0) == 0.0);
  CHECK(std::isnan(exponential_minus_one(std::numeric_limits<float>::quiet_NaN())));
}

TEST_CASE("the vectorisable tanh is within four units in the last place of the true one") {
  double worst = 0;
  const auto compare = [&](float v) {
    const double exact = std::tanh(static_cast<double>(v));
    const float rounded = std::abs(static_cast<float>(exact));
    const double unit = std::nextafter(rounded, std::numeric_limits<float>::infinity()) - rounded;
    worst = std::max(worst, std::abs(static_cast<double>(hyperbolic_tangent(v)) - exact) / unit);
  };
  for (float v = -12.0f; v < 12.0f; v += 0.000137f) compare(v);
  for (float v = 1e-30f; v < 1.0f; v *= 1.01f) compare(v), compare(-v);
  CHECK(worst < 4);
}

TEST_CASE("the vectorisable tanh keeps its sign and its limits") {
  const float infinity = std::numeric_limits<float>::infinity();
  CHECK(hyperbolic_tangent(0.0f) == 0.0f);
  CHECK(std::signbit(hyperbolic_tangent(-0.0f)));
  CHECK(hyperbolic_tangent(infinity) == 1.0f);
  CHECK(hyperbolic_tangent(-infinity) == -1.0f);
  CHECK(hyperbolic_tangent(-1e30f) == -1.0f);
  CHECK(std::isnan(hyperbolic_tangent(std::numeric_limits<float>::quiet_NaN())));
}
