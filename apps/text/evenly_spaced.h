#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace keel {

/// Indices below `count`, at most `most` of them (2 or more), the first and the last included.
inline std::vector<std::int64_t> evenly_spaced(std::int64_t count, std::int64_t most) {
  const std::int64_t chosen = std::min(count, most);
  std::vector<std::int64_t> indices;
  for (std::int64_t i = 0; i < chosen; ++i) {
    indices.push_back(chosen == 1 ? 0 : i * (count - 1) / (chosen - 1));
  }
  return indices;
}

}  // namespace keel
