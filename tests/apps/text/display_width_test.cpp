#include "apps/text/display_width.h"

#include "tests/support/test.h"

using keel::cut_to_width;
using keel::display_width;

TEST_CASE("display width: letters, wide letters, marks, and bytes that are no UTF-8") {
  CHECK(display_width("") == 0);
  CHECK(display_width("abc") == 3);
  CHECK(display_width("× ± –") == 5);
  CHECK(display_width("▁█") == 2);
  CHECK(display_width("お猫") == 4);
  CHECK(display_width("\U0001F600") == 2);
  CHECK(display_width("e\u0301") == 1);
  CHECK(display_width("\xFF\x80") == 2);
  CHECK(display_width("a\xE7\x8C") == 3);
  CHECK(display_width("\xC3(") == 2);
}

TEST_CASE("display width: text is cut between letters") {
  CHECK(cut_to_width("abc", 2) == "ab");
  CHECK(cut_to_width("abc", 5) == "abc");
  CHECK(cut_to_width("±±", 1) == "±");
  CHECK(cut_to_width("猫猫", 3) == "猫");
  CHECK(cut_to_width("e\u0301f", 1) == "e\u0301");
  CHECK(cut_to_width("猫", 0).empty());
}
