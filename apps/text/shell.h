#pragma once
// Command lines as text that a POSIX shell reads back.

#include <string>
#include <string_view>
#include <vector>

namespace keel {

/// The word as it is, or in quotes where the shell would read something else.
std::string shell_word(std::string_view word);

/// "keel train --data 'my pictures'"
std::string shell_line(const std::vector<std::string>& words);

}  // namespace keel
