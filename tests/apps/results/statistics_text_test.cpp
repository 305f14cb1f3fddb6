#include "apps/results/statistics_text.h"

#include "apps/text/number_text.h"
#include "tests/support/test.h"

TEST_CASE("an interval of accuracies ends at 0 and 100 %, one of differences does not") {
  const keel::Summary summary{.count = 2, .mean = 0.9, .deviation = 0.1, .half_width = 0.95};
  CHECK(keel::accuracy_interval_text(summary) == "0.00 to 100.00");
  CHECK(keel::points_interval_text(summary) == "−5.00 to +185.00");
}

TEST_CASE("statistics of nothing read as a dash") {
  for (const std::string& text :
       {keel::accuracy_text({}), keel::accuracy_interval_text({}), keel::points_interval_text({}),
        keel::steps_to_target_text({}), keel::seconds_to_target_text({})}) {
    CHECK(text == keel::kNothingText);
  }
}
