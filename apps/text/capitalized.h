#pragma once

#include <string>

namespace keel {

/// The text, with its first letter a capital one (of ASCII; others stay).
std::string capitalized(std::string text);

}  // namespace keel
