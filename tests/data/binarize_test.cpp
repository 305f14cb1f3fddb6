#include <keel/core/error.h>
#include <keel/data/binarize.h>

#include "tests/support/test.h"

TEST_CASE("binarize: white is what reaches the threshold") {
  std::vector<std::uint8_t> pixels{0, 1, 127, 128, 254, 255};
  const std::vector<std::uint8_t> original = pixels;
  keel::binarize(pixels, 0.5);
  CHECK(pixels == std::vector<std::uint8_t>{0, 0, 0, 255, 255, 255});
  pixels = original;
  keel::binarize(pixels, 1);
  CHECK(pixels == std::vector<std::uint8_t>{0, 0, 0, 0, 0, 255});
}

TEST_CASE("binarize: a threshold beyond black and white is refused") {
  std::vector<std::uint8_t> pixels{1};
  CHECK_THROWS_WITH(keel::binarize(pixels, 1.5), ContainsSubstring("1.5 is not between 0 and 1"));
}
