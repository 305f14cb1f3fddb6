#include "apps/report/sortable.h"

#include <cmath>

#include "tests/support/test.h"

TEST_CASE("a column's head tells the order of a first click, its cells what they sort by") {
  CHECK(keel::sortable_head("loss", keel::SortOrder::kAscending) ==
        "<th scope=\"col\" data-sort=\"ascending\"><button type=\"button\">loss</button></th>");
  CHECK_THAT(keel::sortable_head("accuracy", keel::SortOrder::kDescending, true),
             ContainsSubstring("data-sort=\"descending\" aria-sort=\"descending\""));
  CHECK(keel::sortable_cell("1,234", 1234.5, "or so") ==
        "<td data-value=\"1234.5\">1,234<small>or so</small></td>");
  CHECK(keel::sortable_cell("∞", INFINITY) == "<td data-value=\"Infinity\">∞</td>");
  CHECK(keel::sortable_cell("–", NAN) == "<td data-value=\"\">–</td>");
}
