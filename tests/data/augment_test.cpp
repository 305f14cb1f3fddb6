#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include <keel/core/error.h>
#include <keel/data/augment.h>

#include "tests/support/test.h"

using namespace keel;

namespace {

using Image = std::vector<std::uint8_t>;

constexpr std::int64_t kHeight = 5, kWidth = 7, kChannels = 3;

// Every byte differs from every other and from black.
Image numbered() {
  Image image(kHeight * kWidth * kChannels);
  std::iota(image.begin(), image.end(), std::uint8_t{1});
  return image;
}

Image augmented(const Image& image, const AugmentOptions& options, std::uint64_t seed) {
  Image out(image.size(), 200);
  augment(image, kHeight, kWidth, kChannels, options, Rng(seed), out);
  return out;
}

// Steps from 0 to i, turning back at either end of 0..size-1.
std::int64_t bounced(std::int64_t i, std::int64_t size) {
  std::int64_t at = 0, step = 1;
  for (std::int64_t left = std::abs(i); left > 0 && size > 1; --left) {
    if (at + step < 0 || at + step >= size) step = -step;
    at += step;
  }
  return at;
}

// The definition: out(y, x) = image(y + dy, x + dx) of the perhaps mirrored image.
Image shifted(const Image& image, std::int64_t dy, std::int64_t dx, bool mirrored, PadMode mode) {
  Image out;
  for (std::int64_t y = dy; y < kHeight + dy; ++y) {
    for (std::int64_t x = dx; x < kWidth + dx; ++x) {
      const bool inside = y >= 0 && y < kHeight && x >= 0 && x < kWidth;
      const std::int64_t row = bounced(y, kHeight), unmirrored = bounced(x, kWidth);
      const std::int64_t column = mirrored ? kWidth - 1 - unmirrored : unmirrored;
      for (std::int64_t c = 0; c < kChannels; ++c) {
        const auto i = static_cast<std::size_t>((row * kWidth + column) * kChannels + c);
        out.push_back(inside || mode == PadMode::kReflect ? image[i] : std::uint8_t{0});
      }
    }
  }
  return out;
}

}  // namespace

TEST_CASE("augment: nothing by default, and the same for the same stream") {
  CHECK(augmented(numbered(), {}, 3) == numbered());
  const AugmentOptions all{.pad_crop = 2, .flip = true, .cutout = 2, .rotation_degrees = 20};
  CHECK(augmented(numbered(), all, 3) == augmented(numbered(), all, 3));
  CHECK(augmented(numbered(), all, 3) != augmented(numbered(), all, 4));
}

TEST_CASE("augment: pad, crop and flip reach every shift and no other image") {
  const Image image = numbered();
  for (const PadMode mode : {PadMode::kZero, PadMode::kReflect}) {
    for (const bool flip : {false, true}) {
      std::set<std::string> possible, seen;
      for (std::int64_t dy = -2; dy <= 2; ++dy) {
        for (std::int64_t dx = -2; dx <= 2; ++dx) {
          for (const bool mirrored : {false, flip}) {
            const Image expected = shifted(image, dy, dx, mirrored, mode);
            possible.emplace(expected.begin(), expected.end());
          }
        }
      }
      for (std::uint64_t seed = 0; seed < 600; ++seed) {
        const Image out = augmented(image, {.pad_crop = 2, .flip = flip, .pad_mode = mode}, seed);
        seen.emplace(out.begin(), out.end());
      }
      CHECK(possible.size() == (flip ? 50 : 25));
      CHECK(seen == possible);
    }
  }
}

TEST_CASE("augment: reflecting pads by more than the image, its mirror images in a row") {
  std::set<std::string> possible;
  for (std::int64_t dy = -20; dy <= 20; ++dy) {
    for (std::int64_t dx = -20; dx <= 20; ++dx) {
      const Image expected = shifted(numbered(), dy, dx, false, PadMode::kReflect);
      possible.emplace(expected.begin(), expected.end());
    }
  }
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const Image out = augmented(numbered(), {.pad_crop = 20, .pad_mode = PadMode::kReflect}, seed);
    CHECK(possible.count({out.begin(), out.end()}) == 1);
  }
  Image dot{7}, out(1);
  augment(dot, 1, 1, 1, {.pad_crop = 3, .pad_mode = PadMode::kReflect}, Rng(1), out);
  CHECK(out == dot);
}

TEST_CASE("augment: a padding beyond the image can leave nothing of it") {
  const Image black(numbered().size());
  int blank = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    blank += augmented(numbered(), {.pad_crop = 100, .flip = true}, seed) == black ? 1 : 0;
  }
  CHECK(blank > 10);
}

TEST_CASE("augment: a cutout blackens one square, cut off at the border") {
  const Image white(numbered().size(), 255);
  std::set<std::int64_t> areas;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const Image out = augmented(white, {.cutout = 3}, seed);
    std::int64_t top = kHeight, bottom = -1, left = kWidth, right = -1, area = 0;
    for (std::int64_t y = 0; y < kHeight; ++y) {
      for (std::int64_t x = 0; x < kWidth; ++x) {
        if (out[static_cast<std::size_t>((y * kWidth + x) * kChannels)] != 0) continue;
        top = std::min(top, y);
        bottom = std::max(bottom, y);
        left = std::min(left, x);
        right = std::max(right, x);
        ++area;
      }
    }
    CHECK(area == (bottom - top + 1) * (right - left + 1));
    CHECK(std::count(out.begin(), out.end(), 0) == area * kChannels);
    areas.insert(area);
  }
  CHECK(areas == std::set<std::int64_t>{4, 6, 9});
}

TEST_CASE("augment: a rotation turns about the centre, to either side, by no more than asked") {
  // A bright pixel at the right end of the middle row of a 21 x 21 image, 9 pixels off the centre.
  constexpr std::int64_t kSide = 21;
  Image image(kSide * kSide), out(image.size());
  image[10 * kSide + 19] = 255;
  std::set<std::int64_t> rows;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    augment(image, kSide, kSide, 1, {.rotation_degrees = 30}, Rng(seed), out);
    const auto brightest = std::max_element(out.begin(), out.end()) - out.begin();
    const std::int64_t row = brightest / kSide, column = brightest % kSide;
    const auto distance = (row - 10) * (row - 10) + (column - 10) * (column - 10);
    CHECK(std::abs(distance - 81) <= 18);
    rows.insert(row);
  }
  // sin(30 degrees) of 9 pixels is 4.5.
  CHECK((*rows.begin() >= 5 && *rows.begin() <= 7));
  CHECK((*rows.rbegin() >= 13 && *rows.rbegin() <= 15));
}

TEST_CASE("augment: a flat image stays flat away from its border under rotation") {
  const Image flat(21 * 21, 100);
  Image out(flat.size());
  augment(flat, 21, 21, 1, {.rotation_degrees = 45}, Rng(1), out);
  for (std::size_t y = 7; y < 14; ++y) {
    for (std::size_t x = 7; x < 14; ++x) CHECK(out[y * 21 + x] == 100);
  }
}

TEST_CASE("augment: a flat image stays flat under every change that reflects") {
  const Image flat(21 * 21, 100);
  Image out(flat.size());
  const AugmentOptions options{
      .pad_crop = 5, .flip = true, .rotation_degrees = 45, .pad_mode = PadMode::kReflect};
  augment(flat, 21, 21, 1, options, Rng(1), out);
  CHECK(out == flat);
}

TEST_CASE("augment: pad modes have names") {
  CHECK(pad_mode("zero") == PadMode::kZero);
  CHECK(pad_mode("reflect") == PadMode::kReflect);
  CHECK_THROWS_WITH(pad_mode("mirror"), ContainsSubstring("mirror: expected zero or reflect"));
}

TEST_CASE("augment: impossible options and sizes are refused by name") {
  CHECK_THROWS_WITH(augmented(numbered(), {.pad_crop = -1}, 0), ContainsSubstring("padding"));
  CHECK_THROWS_WITH(augmented(numbered(), {.cutout = -1}, 0), ContainsSubstring("cutout"));
  CHECK_THROWS_WITH(augmented(numbered(), {.rotation_degrees = 181}, 0), ContainsSubstring("181"));
  Image image(12), out(11);
  CHECK_THROWS_WITH(augment(image, 2, 2, 3, {}, Rng(), out), ContainsSubstring("12 and 11"));
  CHECK_THROWS_AS(augment(image, 2, 3, 3, {}, Rng(), image), Error);
}

TEST_CASE("augment: the standard flips colour images and turns grey ones") {
  const Dataset cifar{"cifar10", 32, 32, 3, {}, {}, {}}, mnist{"mnist", 28, 28, 1, {}, {}, {}};
  CHECK(standard_augmentation(cifar) == AugmentOptions{.pad_crop = 4, .flip = true});
  CHECK(standard_augmentation(mnist) == AugmentOptions{.pad_crop = 2, .rotation_degrees = 10});
}
