#include "apps/confusion_picture.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <keel/core/error.h>
#include <keel/data/text.h>

#include "apps/text/number_text.h"

namespace keel {
namespace {

using Colour = std::array<std::uint8_t, 3>;
constexpr std::uint8_t kPaper = 255, kInk = 40;
constexpr std::int64_t kMargin = 8, kLine = kTextHeight + 2;

Image blank(std::int64_t height, std::int64_t width) {
  Image image{{height, width}, 3, {}};
  image.pixels.assign(static_cast<std::size_t>(height * width * 3), kPaper);
  return image;
}

std::uint8_t* pixel(Image& image, std::int64_t y, std::int64_t x) {
  return image.pixels.data() + (y * image.size.width + x) * image.channels;
}

// One hue from nearly white to nearly black, even steps of `depth` in 0..1 looking evenly apart.
Colour blue(double depth) {
  static constexpr std::array<std::array<double, 3>, 5> kStops = {
      {{250, 251, 253}, {197, 215, 235}, {122, 170, 214}, {49, 112, 177}, {8, 45, 98}}};
  const double place = std::clamp(depth, 0.0, 1.0) * static_cast<double>(kStops.size() - 1);
  const auto below = std::min(static_cast<std::size_t>(place), kStops.size() - 2);
  const double part = place - static_cast<double>(below);
  Colour colour{};
  for (std::size_t c = 0; c < colour.size(); ++c) {
    colour[c] = static_cast<std::uint8_t>(
        std::lround((1 - part) * kStops[below][c] + part * kStops[below + 1][c]));
  }
  return colour;
}

double depth_of_share(double share) {
  return std::sqrt(share);
}

void fill(Image& image, std::int64_t top, std::int64_t left, std::int64_t height,
          std::int64_t width, const Colour& colour) {
  for (std::int64_t y = top; y < top + height; ++y) {
    for (std::int64_t x = left; x < left + width; ++x) {
      std::copy(colour.begin(), colour.end(), pixel(image, y, x));
    }
  }
}

// Text that reads upwards, its first letter at the bottom.
void draw_upwards(Image& image, std::int64_t bottom, std::int64_t left, const std::string& text) {
  Image line = blank(kTextHeight, text_width(text));
  draw_text(line, 0, 0, text, kInk);
  for (std::int64_t y = 0; y < line.size.height; ++y) {
    for (std::int64_t x = 0; x < line.size.width; ++x) {
      std::copy_n(pixel(line, y, x), line.channels, pixel(image, bottom - x, left + y));
    }
  }
}

// Each pixel becomes a square of four.
Image enlarged(Image& image) {
  Image result = blank(2 * image.size.height, 2 * image.size.width);
  for (std::int64_t y = 0; y < result.size.height; ++y) {
    for (std::int64_t x = 0; x < result.size.width; ++x) {
      std::copy_n(pixel(image, y / 2, x / 2), image.channels, pixel(result, y, x));
    }
  }
  return result;
}

std::vector<std::string> shortened(std::vector<std::string> names) {
  constexpr std::size_t kMostLetters = 20;
  for (std::string& name : names) {
    if (name.size() > kMostLetters) name.replace(kMostLetters - 2, std::string::npos, "..");
  }
  return names;
}

std::int64_t widest(const std::vector<std::string>& texts) {
  std::int64_t width = 0;
  for (const std::string& text : texts) width = std::max(width, text_width(text));
  return width;
}

// Where everything goes, in pixels.
struct Layout {
  bool counts, names, names_upwards;
  std::int64_t cell, matrix, left, top, height, width;
};

// The scale from no image of a class to all of them.
constexpr std::int64_t kScaleWidth = 80, kScaleGap = 6;
const std::string kScaleFrom = "0 %", kScaleTo = "100 % of the true class";

std::int64_t scale_width() {
  return text_width(kScaleFrom) + kScaleGap + kScaleWidth + kScaleGap + text_width(kScaleTo);
}

Layout layout_of(const Evaluation& evaluation, const std::vector<std::string>& names,
                 const std::vector<std::string>& captions) {
  const std::int64_t n = evaluation.classes;
  const std::int64_t most =
      *std::max_element(evaluation.confusion.begin(), evaluation.confusion.end());
  Layout at{};
  at.counts = n <= 12;
  at.names = n <= 100;
  at.cell = at.counts  ? std::max<std::int64_t>(24, text_width(std::to_string(most)) + 6)
            : at.names ? kLine
                       : std::max<std::int64_t>(1, 1000 / n);
  at.matrix = n * at.cell;
  const std::int64_t names_width = at.names ? widest(names) : 0;
  at.names_upwards = names_width > at.cell - 4;
  at.left = kMargin + names_width + 4;
  at.top = kMargin + 2 * kLine + 4 + (at.names_upwards ? names_width : kLine);
  at.height = at.top + at.matrix + kMargin + kLine + kMargin;
  at.width =
      std::max(at.left + at.matrix, kMargin + std::max(widest(captions), scale_width())) + kMargin;
  return at;
}

void draw_cell(Image& image, const Layout& at, std::int64_t row, std::int64_t column,
               std::int64_t count, double share) {
  const std::int64_t top = at.top + row * at.cell, left = at.left + column * at.cell;
  const std::int64_t gap = at.names ? 1 : 0;
  fill(image, top, left, at.cell - gap, at.cell - gap, blue(depth_of_share(share)));
  if (!at.counts || count == 0) return;
  const std::string text = std::to_string(count);
  const bool dark = depth_of_share(share) > 0.6;
  draw_text(image, left + (at.cell - text_width(text)) / 2, top + (at.cell - kTextHeight) / 2 + 2,
            text, dark ? kPaper : kInk);
}

void draw_name(Image& image, const Layout& at, std::int64_t i, const std::string& name) {
  const std::int64_t middle = i * at.cell + (at.cell - kTextHeight) / 2 + 2;
  draw_text(image, at.left - 4 - text_width(name), at.top + middle, name, kInk);
  if (at.names_upwards) {
    draw_upwards(image, at.top - 4, at.left + middle, name);
  } else {
    draw_text(image, at.left + i * at.cell + (at.cell - text_width(name)) / 2, at.top - kLine, name,
              kInk);
  }
}

void draw_scale(Image& image, std::int64_t top) {
  draw_text(image, kMargin, top + 2, kScaleFrom, kInk);
  const std::int64_t left = kMargin + text_width(kScaleFrom) + kScaleGap;
  for (std::int64_t x = 0; x < kScaleWidth; ++x) {
    const double share = static_cast<double>(x) / static_cast<double>(kScaleWidth - 1);
    fill(image, top, left + x, kTextHeight, 1, blue(depth_of_share(share)));
  }
  draw_text(image, left + kScaleWidth + kScaleGap, top + 2, kScaleTo, kInk);
}

}  // namespace

Image confusion_picture(const Evaluation& evaluation, const std::vector<std::string>& classes,
                        const std::string& title) {
  const std::vector<std::string> names = shortened(classes);
  constexpr std::int64_t kMost = 1000, kMostEnlarged = 30;
  const std::int64_t n = evaluation.classes;
  check(n <= kMost, "confusion matrix: {} classes are too many for a picture, at most {}", n,
        kMost);
  const std::vector<std::string> captions = {
      fmt::format("{}: {} of {} images right", title, percent_text(evaluation.accuracy()),
                  count_text(static_cast<double>(evaluation.count))),
      "true class down, predicted class across"};
  const Layout at = layout_of(evaluation, names, captions);
  Image image = blank(at.height, at.width);
  draw_text(image, kMargin, kMargin, captions[0], kInk);
  draw_text(image, kMargin, kMargin + kLine, captions[1], kInk);
  for (std::int64_t row = 0; row < n; ++row) {
    std::int64_t total = 0;
    for (std::int64_t column = 0; column < n; ++column) total += evaluation.at(row, column);
    for (std::int64_t column = 0; column < n; ++column) {
      const std::int64_t count = evaluation.at(row, column);
      const double share =
          static_cast<double>(count) / static_cast<double>(std::max<std::int64_t>(total, 1));
      draw_cell(image, at, row, column, count, share);
    }
    if (at.names) draw_name(image, at, row, names[static_cast<std::size_t>(row)]);
  }
  draw_scale(image, at.top + at.matrix + kMargin);
  return n <= kMostEnlarged ? enlarged(image) : image;
}

}  // namespace keel
