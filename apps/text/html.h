#pragma once

#include <string>
#include <string_view>

namespace keel {

/// The text with & < > " and ' as entities: safe as content and inside a quoted attribute.
std::string html_escape(std::string_view text);

}  // namespace keel
