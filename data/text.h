#pragma once
// Small text in an image. (The only file that knows stb_easy_font.)

#include <cstdint>
#include <string_view>

#include <keel/data/image.h>

namespace keel {

inline constexpr std::int64_t kTextHeight = 12;  ///< pixels of a line

/// The pixels that draw_text takes to the right. What is not printable ASCII is drawn as "?".
std::int64_t text_width(std::string_view text);

/// Draws one line with its upper left corner at (x, y), every channel set to `brightness`; cut off
/// at the border of the image.
void draw_text(Image& image, std::int64_t x, std::int64_t y, std::string_view text,
               std::uint8_t brightness);

}  // namespace keel
