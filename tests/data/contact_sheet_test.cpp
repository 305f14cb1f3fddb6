#include <algorithm>
#include <array>

#include <keel/core/error.h>
#include <keel/data/contact_sheet.h>
#include <keel/data/image_file.h>
#include <keel/data/text.h>

#include "tests/support/temp_folder.h"
#include "tests/support/test.h"

using namespace keel;

namespace {

using Pixel = std::array<int, 3>;

Pixel at(const Image& image, std::int64_t y, std::int64_t x) {
  const auto i = static_cast<std::size_t>((y * image.size.width + x) * image.channels);
  return {image.pixels[i], image.pixels[i + 1], image.pixels[i + 2]};
}

std::int64_t count(const Image& image, Pixel colour) {
  std::int64_t result = 0;
  for (std::int64_t y = 0; y < image.size.height; ++y) {
    for (std::int64_t x = 0; x < image.size.width; ++x) result += at(image, y, x) == colour ? 1 : 0;
  }
  return result;
}

}  // namespace

TEST_CASE("contact sheet: a row for each class, enlarged, in the order of the set") {
  // Two classes of 1 x 2 colour images; the second has one sample only.
  const Dataset set{"set",
                    1,
                    2,
                    3,
                    {"one", "another"},
                    {1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16, 21, 22, 23, 24, 25, 26},
                    {1, 0, 0}};
  const Image sheet = contact_sheet(set, {.samples = 2, .scale = 20});
  CHECK(sheet.channels == 3);
  CHECK(sheet.size == ImageSize{4 + 2 * 24, 4 + text_width("another") + 4 + 2 * 44});
  for (const Pixel colour : {Pixel{1, 2, 3}, {4, 5, 6}, {11, 12, 13}, {24, 25, 26}}) {
    CHECK(count(sheet, colour) == 20 * 20);
  }
  const std::int64_t left = 4 + text_width("another") + 4;
  CHECK(at(sheet, 4, left) == Pixel{11, 12, 13});
  CHECK(at(sheet, 23, left + 44 + 39) == Pixel{24, 25, 26});
  CHECK(at(sheet, 28, left) == Pixel{1, 2, 3});
  CHECK(at(sheet, 28, left + 44) == at(sheet, 0, 0));
}

TEST_CASE("contact sheet: classes and samples are limited") {
  const Dataset set{"grey", 2, 2, 1, {"a", "b"}, {9, 9, 9, 9, 8, 8, 8, 8, 7, 7, 7, 7}, {0, 0, 1}};
  const Image sheet = contact_sheet(set, {.classes = 1, .samples = 1, .scale = 3});
  CHECK(count(sheet, {9, 9, 9}) == 36);
  CHECK(count(sheet, {8, 8, 8}) == 0);
  CHECK(count(sheet, {7, 7, 7}) == 0);
}

TEST_CASE("contact sheet: written as a PNG file") {
  const testing::TempFolder folder;
  const Dataset set{"grey", 2, 2, 1, {"a"}, {9, 9, 9, 9}, {0}};
  write_contact_sheet(folder.path() / "sheet.png", set);
  CHECK(decode_image(folder.path() / "sheet.png", 3).pixels == contact_sheet(set).pixels);
}

TEST_CASE("contact sheet: what cannot work is refused") {
  const Dataset empty{"none", 2, 2, 1, {"a"}, {}, {}};
  CHECK_THROWS_WITH(contact_sheet(empty), ContainsSubstring("none"));
  const Dataset set{"grey", 2, 2, 1, {"a"}, {9, 9, 9, 9}, {0}};
  CHECK_THROWS_WITH(contact_sheet(set, {.classes = 0}), ContainsSubstring("got 0, 16 and 2"));
  CHECK_THROWS_WITH(contact_sheet(set, {.samples = 1001}), ContainsSubstring("1001"));
  CHECK_THROWS_WITH(contact_sheet(set, {.scale = 65}), ContainsSubstring("65"));
  Dataset large{"large", 512, 512, 1, {"a"}, {}, {0}};
  large.images.resize(512 * 512);
  CHECK_THROWS_WITH(contact_sheet(large, {.scale = 60}), ContainsSubstring("too many"));
}
