#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include <stb_easy_font.h>

#include <keel/data/text.h>

namespace keel {
namespace {

// As stb_easy_font writes them, four to each rectangle, clockwise from its upper left corner.
struct Vertex {
  float x, y, z;
  unsigned char colour[4];
};

// stb_easy_font looks every character up unchecked.
std::string printable(std::string_view text) {
  std::string result(text);
  std::replace_if(
      result.begin(), result.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return result;
}

void fill_rectangle(Image& image, std::int64_t left, std::int64_t top, std::int64_t right,
                    std::int64_t bottom, std::uint8_t brightness) {
  for (std::int64_t y = std::max<std::int64_t>(top, 0); y < std::min(bottom, image.size.height);
       ++y) {
    for (std::int64_t x = std::max<std::int64_t>(left, 0); x < std::min(right, image.size.width);
         ++x) {
      const std::int64_t pixel = (y * image.size.width + x) * image.channels;
      std::fill_n(image.pixels.begin() + pixel, image.channels, brightness);
    }
  }
}

}  // namespace

std::int64_t text_width(std::string_view text) {
  return stb_easy_font_width(printable(text).data());
}

void draw_text(Image& image, std::int64_t x, std::int64_t y, std::string_view text,
               std::uint8_t brightness) {
  constexpr std::size_t kMostVertices = 4 * 24;  // of one character
  std::vector<Vertex> vertices(kMostVertices * text.size());
  const int rectangles = stb_easy_font_print(0, 0, printable(text).data(), nullptr, vertices.data(),
                                             static_cast<int>(vertices.size() * sizeof(Vertex)));
  for (std::size_t i = 0; i < static_cast<std::size_t>(rectangles); ++i) {
    const Vertex &from = vertices[4 * i], &to = vertices[4 * i + 2];
    fill_rectangle(image, x + static_cast<std::int64_t>(from.x),
                   y + static_cast<std::int64_t>(from.y), x + static_cast<std::int64_t>(to.x),
                   y + static_cast<std::int64_t>(to.y), brightness);
  }
}

}  // namespace keel
