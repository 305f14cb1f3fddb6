#include <numeric>
#include <vector>

#include <keel/core/error.h>
#include <keel/data/image_file.h>
#include <keel/data/png.h>

#include "tests/support/temp_folder.h"
#include "tests/support/test.h"

using namespace keel;

TEST_CASE("png: what is written is read again, grey and in colour") {
  const testing::TempFolder folder;
  for (const int channels : {1, 3}) {
    const auto path = folder.path() / "image.png";
    std::vector<std::uint8_t> pixels(static_cast<std::size_t>(5 * 3 * channels));
    std::iota(pixels.begin(), pixels.end(), std::uint8_t{100});
    write_png(path, {3, 5}, channels, pixels);
    CHECK(probe_image(path).size == ImageSize{3, 5});
    CHECK(decode_image(path, channels).pixels == pixels);
  }
}

TEST_CASE("png: what cannot be written is refused") {
  const testing::TempFolder folder;
  const auto path = folder.path() / "image.png";
  const std::vector<std::uint8_t> pixels(12);
  CHECK_THROWS_WITH(write_png(path, {3, 2}, 2, pixels), ContainsSubstring("channels, got 2"));
  CHECK_THROWS_WITH(write_png(path, {3, 2}, 3, pixels), ContainsSubstring("got 12"));
  CHECK_THROWS_WITH(write_png(path, {3, 0}, 3, {}), ContainsSubstring("3 x 0 x 3"));
  CHECK_THROWS_WITH(write_png(path, {1, 40000}, 1, pixels), ContainsSubstring("40000"));
  CHECK_THROWS_WITH(write_png(folder.path() / "none" / "image.png", {2, 2}, 3, pixels),
                    ContainsSubstring("none"));
  CHECK(std::filesystem::is_empty(folder.path()));
}
