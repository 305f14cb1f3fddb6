#pragma once

#include <string>
#include <vector>

namespace keel {

/// A sentence for each KEEL_* variable that nothing reads, with the nearest one that is read.
std::vector<std::string> unread_variables();

}  // namespace keel
