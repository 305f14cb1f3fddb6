#include "apps/confusion_picture.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <keel/core/error.h>

#include "tests/support/test.h"

using keel::Evaluation;
using keel::Image;

namespace {

// Of each class `images`, all of them right but those of the first, all taken for the second.
Evaluation evaluation(std::int64_t classes, std::int64_t images) {
  Evaluation result{.loss = 1, .correct = (classes - 1) * images, .count = classes * images};
  result.classes = classes;
  result.confusion.resize(static_cast<std::size_t>(classes * classes));
  for (std::int64_t c = 0; c < classes; ++c) {
    result.confusion[static_cast<std::size_t>(c * classes + (c == 0 ? 1 : c))] = images;
  }
  return result;
}

std::vector<std::string> names(std::int64_t count, const std::string& prefix) {
  std::vector<std::string> result;
  for (std::int64_t i = 0; i < count; ++i) result.push_back(fmt::format("{}{}", prefix, i));
  return result;
}

using Colour = std::array<int, 3>;

Colour colour_at(const Image& image, std::int64_t y, std::int64_t x) {
  const std::size_t at = static_cast<std::size_t>((y * image.size.width + x) * 3);
  return {image.pixels.at(at), image.pixels.at(at + 1), image.pixels.at(at + 2)};
}

int ink_of(const Image& image) {
  int dark = 0;
  for (const std::uint8_t value : image.pixels) dark += value == 40;
  return dark;
}

}  // namespace

TEST_CASE("confusion picture: the darker a cell, the larger its share") {
  const Image image = keel::confusion_picture(evaluation(3, 50), names(3, ""), "digits");
  CHECK(image.channels == 3);
  REQUIRE(image.pixels.size() ==
          static_cast<std::size_t>(image.size.height * image.size.width * 3));
  // The matrix begins where the first cell's colour does: below the captions, right of the names.
  const Colour full{8, 45, 98}, empty{250, 251, 253};
  std::vector<std::array<std::int64_t, 2>> corners;
  for (std::int64_t y = 1; y < image.size.height; ++y) {
    for (std::int64_t x = 1; x < image.size.width; ++x) {
      const auto starts = [&](const Colour& c) {
        return colour_at(image, y, x) == c && colour_at(image, y - 1, x) == Colour{255, 255, 255} &&
               colour_at(image, y, x - 1) == Colour{255, 255, 255};
      };
      if (starts(full)) corners.push_back({y, x});
    }
  }
  REQUIRE(!corners.empty());
  const auto [top, left] = corners[0];               // class 0 taken for class 1
  CHECK(colour_at(image, top, left - 40) == empty);  // and never right
  for (const auto& cell : {std::array{top + 48, left}, std::array{top + 96, left + 48}}) {
    CHECK(std::find(corners.begin(), corners.end(), cell) != corners.end());
  }
}

TEST_CASE("confusion picture: any number of classes and names of any length fit") {
  for (const std::int64_t classes : {2, 12, 13, 30, 31, 100, 101, 1000}) {
    const Image image = keel::confusion_picture(
        evaluation(classes, 5), names(classes, "a class with a rather long name "), "set");
    INFO(classes);
    CHECK(image.size.width >= classes);
    CHECK(image.size.width < 2200);
    CHECK(image.size.height < 2200);
    CHECK(ink_of(image) > 0);
  }
  const Image wide = keel::confusion_picture(evaluation(12, 1000000000), names(12, ""), "set");
  CHECK(wide.size.width >
        keel::confusion_picture(evaluation(12, 1), names(12, ""), "set").size.width);
}

TEST_CASE("confusion picture: counts are written where there is room") {
  const auto with_counts = keel::confusion_picture(evaluation(12, 8), names(12, ""), "set");
  const auto without = keel::confusion_picture(evaluation(13, 8), names(13, ""), "set");
  CHECK(with_counts.size.width > without.size.width);
}

TEST_CASE("confusion picture: more classes than pixels are refused") {
  CHECK_THROWS_AS(keel::confusion_picture(evaluation(1001, 1), names(1001, ""), "set"),
                  keel::Error);
}
