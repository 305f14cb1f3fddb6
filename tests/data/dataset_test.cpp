#include <keel/data/dataset.h>

#include "tests/support/test.h"

using namespace keel;

TEST_CASE("dataset: the first samples of a set, or all of a smaller one") {
  const Dataset set{"set", 1, 2, 1, {"a", "b"}, {1, 2, 3, 4, 5, 6}, {0, 1, 0}};
  const Dataset two = first(set, 2);
  CHECK(two.name == "set");
  CHECK(two.classes == set.classes);
  CHECK(two.labels == std::vector<std::int32_t>{0, 1});
  CHECK(two.images == std::vector<std::uint8_t>{1, 2, 3, 4});
  CHECK(two.image(1)[1] == 4);
  CHECK(first(set, 9).images == set.images);
  CHECK(first(set, 0).size() == 0);
  CHECK_THROWS_WITH(first(set, -1), ContainsSubstring("-1"));
}
