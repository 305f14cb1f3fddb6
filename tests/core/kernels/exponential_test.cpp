#include <cmath>
#include <limits>

#include <keel/core/kernels/error_function.h>
#include <keel/core/kernels/exponential.h>

#include "tests/support/test.h"

using keel::kernels::complementary_error;
using keel::kernels::exponential;
using keel::kernels::exponential_minus_one;
using keel::kernels::hyperbolic_tangent;
using keel::kernels::logarithm_of_one_plus;

namespace {

// How far a value is from the true one, in units in the last place.
double units_off(float value, double exact) {
  const float rounded = std::abs(static_cast<float>(exact));
  const double unit = std::nextafter(rounded, std::numeric_limits<float>::infinity()) - rounded;
  return std::abs(static_cast<double>(value) - exact) / unit;
}

}  // namespace

TEST_CASE("the vectorisable exp is within two units in the last place of the true one") {
  double worst = 0;
  for (float v = -87.0f; v < 88.7f; v += 0.00137f) {
    worst = std::max(worst, units_off(exponential(v), std::exp(static_cast<double>(v))));
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
    worst =
        std::max(worst, units_off(exponential_minus_one(v), std::expm1(static_cast<double>(v))));
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

TEST_CASE("the vectorisable log(1 + v) is within four units in the last place, from 0 to 1") {
  double worst = 0;
  const auto compare = [&](float v) {
    worst =
        std::max(worst, units_off(logarithm_of_one_plus(v), std::log1p(static_cast<double>(v))));
  };
  for (float v = 0; v <= 1.0f; v += 0.0000137f) compare(v);
  for (float v = 1e-30f; v < 1.0f; v *= 1.01f) compare(v);
  CHECK(worst < 4);
  CHECK(logarithm_of_one_plus(0.0f) == 0.0f);
  CHECK(std::isnan(logarithm_of_one_plus(std::numeric_limits<float>::quiet_NaN())));
}

TEST_CASE("the vectorisable erfc is within eight units in the last place of the true one") {
  double worst = 0;
  const auto compare = [&](float v) {
    worst = std::max(worst, units_off(complementary_error(v), std::erfc(static_cast<double>(v))));
  };
  for (float v = -6.0f; v < 9.19f; v += 0.000137f) compare(v);  // beyond it is subnormal
  for (float v = 1e-30f; v < 1.0f; v *= 1.01f) compare(v), compare(-v);
  CHECK(worst < 8);
}

TEST_CASE("the vectorisable erfc keeps to the limits of float") {
  const float infinity = std::numeric_limits<float>::infinity();
  CHECK(complementary_error(0.0f) == Approx(1).epsilon(1e-7));
  CHECK(complementary_error(9.5f) == Approx(std::erfc(9.5)).epsilon(0.01));  // subnormal
  CHECK(complementary_error(20.0f) == 0.0f);
  CHECK(complementary_error(infinity) == 0.0f);
  CHECK(complementary_error(-infinity) == 2.0f);
  CHECK(std::isnan(complementary_error(std::numeric_limits<float>::quiet_NaN())));
}

TEST_CASE("the vectorisable tanh is within four units in the last place of the true one") {
  double worst = 0;
  const auto compare = [&](float v) {
    worst = std::max(worst, units_off(hyperbolic_tangent(v), std::tanh(static_cast<double>(v))));
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
