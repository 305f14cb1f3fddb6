#pragma once
// How much room UTF-8 text takes on a terminal.

#include <cstddef>
#include <string_view>

namespace keel {

/// Columns: two for a wide East Asian letter or an emoji, none for a combining mark, else one for
/// each letter and for each byte that is no UTF-8.
std::size_t display_width(std::string_view text);

/// The longest beginning of the text that fits, in whole letters.
std::string_view cut_to_width(std::string_view text, std::size_t columns);

}  // namespace keel
