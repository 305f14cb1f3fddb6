#include "apps/text/number_text.h"

#include <limits>

#include "tests/support/test.h"

TEST_CASE("numbers read as a person writes them") {
  CHECK(keel::count_text(0) == "0");
  CHECK(keel::count_text(999) == "999");
  CHECK(keel::count_text(1000) == "1,000");
  CHECK(keel::count_text(12345.6) == "12,346");
  CHECK(keel::count_text(-1234567) == "-1,234,567");
  CHECK(keel::counted_text(1, "run") == "1 run");
  CHECK(keel::counted_text(0, "run") == "0 runs");
  CHECK(keel::percent_text(0.91234) == "91.23 %");
  CHECK(keel::points_text(0.0123) == "+1.23");
  CHECK(keel::points_text(-0.0123) == "−1.23");
  CHECK(keel::significant_text(0.00123456, 3) == "0.00123");
  CHECK(keel::significant_text(999.94, 4) == "999.9");
  CHECK(keel::significant_text(999.96, 4) == "1,000");
  CHECK(keel::significant_text(2481.7, 4) == "2,482");
  CHECK(keel::significant_text(-123.4, 3) == "-123");
  CHECK(keel::significant_text(2.5e12, 3) == "2.50e+12");
  CHECK(keel::signed_text(0.0123, 3) == "+0.0123");
  CHECK(keel::signed_text(-2, 3) == "−2.00");
  CHECK(keel::duration_text(48.25) == "48.2 s");
  CHECK(keel::duration_text(99.97) == "1 min 40 s");
  CHECK(keel::duration_text(200) == "3 min 20 s");
  CHECK(keel::duration_text(3900) == "1 h 05 min");
  CHECK(keel::bytes_text(246824) == "241 KiB");
  CHECK(keel::bytes_text(std::int64_t{1} << 20) == "1 MiB");
  CHECK(keel::bytes_text(std::int64_t{512} << 20) == "512 MiB");
  CHECK(keel::bytes_text(std::int64_t{3} << 29) == "1.5 GiB");
  CHECK(keel::rate_text(0.1) == "0.1");
}

TEST_CASE("what was not measured reads as a dash") {
  const double nothing = std::numeric_limits<double>::quiet_NaN();
  for (const std::string& text :
       {keel::fixed_text(nothing, 2), keel::significant_text(nothing, 2), keel::count_text(nothing),
        keel::percent_text(nothing), keel::points_text(nothing), keel::duration_text(nothing),
        keel::rate_text(nothing)}) {
    CHECK(text == keel::kNothingText);
  }
}
