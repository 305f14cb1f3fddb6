#include <keel/core/error.h>
#include <keel/data/resize.h>

#include "tests/support/test.h"

using keel::Image;
using Pixels = std::vector<std::uint8_t>;

TEST_CASE("resize: shrinking averages areas, also where they cut pixels") {
  const Image image{{2, 4}, 1, {0, 10, 20, 30, 40, 50, 60, 70}};
  CHECK(keel::resize(image, {1, 2}).pixels == Pixels{25, 45});
  CHECK(keel::resize(image, {1, 1}).pixels == Pixels{35});
  // Three pixels to two: each output covers one and a half.
  const Image row{{1, 3}, 1, {0, 90, 240}};
  CHECK(keel::resize(row, {1, 2}).pixels == Pixels{30, 190});
}

TEST_CASE("resize: growing interpolates between centres and repeats the edge") {
  const Image row{{1, 2}, 1, {0, 100}};
  CHECK(keel::resize(row, {1, 4}).pixels == Pixels{0, 25, 75, 100});
  const Image dot{{1, 1}, 1, {7}};
  CHECK(keel::resize(dot, {2, 3}).pixels == Pixels(6, 7));
}

TEST_CASE("resize: channels stay apart, and axes may grow and shrink at once") {
  const Image image{{1, 2}, 3, {10, 100, 200, 30, 100, 0}};
  const Image result = keel::resize(image, {2, 1});
  CHECK(result.size == keel::ImageSize{2, 1});
  CHECK(result.channels == 3);
  CHECK(result.pixels == Pixels{20, 100, 100, 20, 100, 100});
}

TEST_CASE("resize: a flat image stays flat at every size") {
  const Image flat{{7, 5}, 1, Pixels(35, 255)};
  for (const std::int64_t side : {1, 2, 3, 4, 5, 6, 7, 8, 31}) {
    CHECK(keel::resize(flat, {side, side}).pixels ==
          Pixels(static_cast<std::size_t>(side * side), 255));
  }
  CHECK_THROWS_WITH(keel::resize(flat, {0, 3}), ContainsSubstring("7 x 5 to 0 x 3"));
}
