#include <string>

#include <keel/core/error.h>
#include <keel/data/image_file.h>

#include "tests/support/temp_folder.h"
#include "tests/support/test.h"

using keel::testing::TempFolder;
using namespace std::string_literals;
using Pixels = std::vector<std::uint8_t>;

namespace {

// 2 x 2 pixels, red and half-transparent green in each row.
const std::string kPng =
    "\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\0\2\0\0\0\2\x08\6\0\0\0\x72\xB6\x0D\x24\0\0\0\x12"
    "IDAT\x78\x9C\x63\xF8\xCF\xC0\xF0\x1F\x08\x1B\x18\x60\x0C\x00\x40\x57\x06\xFB\xAC\x0E\x17\x5A"
    "\0\0\0\0IEND\xAE\x42\x60\x82"s;

// One pixel: blue 1, green 2, red 3.
const std::string kBmp =
    "BM\x3A\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\1\0\0\0\1\0\0\0\1\0\x18\0\0\0\0\0\4\0\0\0"
    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\2\3\0"s;

// 8 x 8 grey pixels of 128: one block, whose only codes are "no difference" and "end of block".
std::string jpeg() {
  const std::string codes = "\1"s + std::string(15, '\0') + "\0"s;
  return "\xFF\xD8\xFF\xDB\0\x43\0"s + std::string(64, '\1') +
         "\xFF\xC0\0\x0B\x08\0\x08\0\x08\1\1\x11\0"s + "\xFF\xC4\0\x14\0"s + codes +
         "\xFF\xC4\0\x14\x10"s + codes + "\xFF\xDA\0\x08\1\1\0\0\x3F\0"s + "\x3F\xFF\xD9"s;
}

}  // namespace

TEST_CASE("image file: every format is decoded") {
  const TempFolder folder;
  const auto png = folder.write("a.png", kPng), bmp = folder.write("a.bmp", kBmp);
  const auto jpg = folder.write("a.jpg", jpeg());
  const auto ppm = folder.write("a.ppm", "P6 # comment\n1 2 255\n\xFF\x80\x01\xFF\x80\x01");
  CHECK(keel::decode_image(png, 3).pixels == Pixels{255, 0, 0, 0, 255, 0, 255, 0, 0, 0, 255, 0});
  CHECK(keel::decode_image(bmp, 3).pixels == Pixels{3, 2, 1});
  CHECK(keel::decode_image(jpg, 1).pixels == Pixels(64, 128));
  const keel::Image image = keel::decode_image(ppm, 3);
  CHECK(image.size == keel::ImageSize{2, 1});
  CHECK(image.channels == 3);
  CHECK(image.pixels == Pixels{255, 128, 1, 255, 128, 1});
  CHECK(keel::probe_image(png).colour);
  CHECK_FALSE(keel::probe_image(jpg).colour);
}

TEST_CASE("image file: grey and colour convert into each other") {
  const TempFolder folder;
  const auto grey = folder.write("grey.pgm", "P5 2 1 255\n\x09\x0A"s);
  CHECK(keel::decode_image(grey, 3).pixels == Pixels{9, 9, 9, 10, 10, 10});
  const auto colour = folder.write("colour.ppm", "P6 1 1 255\n\x64\x64\x64"s);
  CHECK(keel::decode_image(colour, 1).pixels == Pixels{100});
  CHECK_THROWS_WITH(keel::decode_image(grey, 4), ContainsSubstring("1 or 3 channels, got 4"));
}

TEST_CASE("image file: what cannot be decoded is named with the reason") {
  const TempFolder folder;
  const auto fails = [&](const std::string& bytes, const std::string& message) {
    const auto path = folder.write("bad.img", bytes);
    CHECK_THROWS_WITH(keel::decode_image(path, 1), ContainsSubstring("bad.img: " + message));
  };
  fails("", "not a readable JPEG, PNG, BMP, PGM or PPM image");
  fails("GIF89a", "not a readable");
  fails(kPng.substr(0, 50), "damaged image: its pixels cannot be decoded; is the file truncated?");
  fails("P5 2 2 255\nabc", "expected 4 bytes of pixels, found 3");
  fails("P5 1 1 65535\nab", "expected samples from 0 to 255, the header says 0 to 65535");
  fails("P5 1 1 15\na", "expected samples from 0 to 255, the header says 0 to 15");
  fails("P5 60000 60000 255\n", "expected at most 67108864 pixels, found 60000 x 60000");
  std::string tables = jpeg();
  tables[tables.find("\xFF\xC4") + 6] = '\xFF';
  tables[tables.find("\xFF\xC4") + 7] = '\2';
  fails(tables, "offset 88: expected at most 256 Huffman codes, found 258");
  CHECK_THROWS_WITH(keel::decode_image(folder.path() / "none.png", 1),
                    ContainsSubstring("none.png: no such file"));
}

TEST_CASE("image file: extensions count in any letter case") {
  CHECK(keel::is_image_file("a/b.JpEg"));
  CHECK(keel::is_image_file("b.pgm"));
  CHECK_FALSE(keel::is_image_file("b.gif"));
  CHECK_FALSE(keel::is_image_file("png"));
}
