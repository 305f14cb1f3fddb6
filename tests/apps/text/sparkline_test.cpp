#include "apps/text/sparkline.h"

#include <limits>
#include <string>
#include <vector>

#include "tests/support/test.h"

TEST_CASE("sparkline: bars stand for fractions") {
  CHECK(keel::sparkline({}).empty());
  CHECK(keel::sparkline({0, 0.5, 1}) == "▁▅█");
  CHECK(keel::sparkline({-1, 2, std::numeric_limits<double>::quiet_NaN()}) == "▁█ ");
}

TEST_CASE("sparkline: a long curve is thinned out and ends with its last value") {
  std::vector<double> values(100, 0.0);
  values.back() = 1;
  std::string expected;
  for (int i = 0; i < 15; ++i) expected += "▁";
  CHECK(keel::sparkline(values) == expected + "█");
}
