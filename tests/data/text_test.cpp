#include <algorithm>
#include <string>
#include <vector>

#include <keel/data/text.h>

#include "tests/support/test.h"

using namespace keel;

namespace {

Image black(std::int64_t height, std::int64_t width) {
  return {
      {height, width}, 3, std::vector<std::uint8_t>(static_cast<std::size_t>(height * width * 3))};
}

// How many values are those of the text.
std::int64_t ink(const Image& image) {
  return std::count(image.pixels.begin(), image.pixels.end(), 255);
}

}  // namespace

TEST_CASE("text: drawn within its width and height, cut off at the border") {
  const std::string text = "Mg|@";
  const std::int64_t width = text_width(text);
  CHECK(text_width(text + text) == 2 * width);
  CHECK(text_width("") == 0);

  Image wide = black(kTextHeight + 20, width + 20), tight = black(kTextHeight, width);
  draw_text(wide, 10, 10, text, 255);
  draw_text(tight, 0, 0, text, 255);
  CHECK(ink(wide) > 40);
  CHECK(ink(tight) == ink(wide));

  Image cut = black(kTextHeight, width);
  draw_text(cut, -3, -3, text, 255);
  draw_text(cut, width - 2, kTextHeight - 2, text, 255);
  CHECK(ink(cut) > 0);
}

TEST_CASE("text: different characters differ, and what is not ASCII is a question mark") {
  const auto drawn = [](std::string_view text) {
    Image image = black(kTextHeight, 40);
    draw_text(image, 0, 0, text, 255);
    return image.pixels;
  };
  CHECK(drawn("8") != drawn("9"));
  CHECK(drawn("\xff\n") == drawn("??"));
}
