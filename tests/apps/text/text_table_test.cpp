#include "apps/text/text_table.h"

#include "tests/support/test.h"

TEST_CASE("text table: the first columns stand to the left, the others to the right") {
  CHECK(keel::aligned({{"a", "layer", "1"}, {"name", "x", "234"}}, 2) ==
        "a     layer    1\n"
        "name  x      234\n");
  CHECK(keel::aligned({}).empty());
}

TEST_CASE("text table: in Markdown the first row is the head, and no cell ends early") {
  CHECK(keel::markdown_table({{"a", "b"}, {"1|2", "x\ny"}}) ==
        "| a | b |\n| --- | --- |\n| 1\\|2 | x y |\n");
}

TEST_CASE("text table: columns are counted as a terminal shows them") {
  CHECK(keel::aligned({{"Häschen", "±1"}, {"猫", "10"}, {"e\u0301", "0"}}) ==
        "Häschen  ±1\n"
        "猫       10\n"
        "e\u0301         0\n");
}
