#pragma once

#include <cstdint>

namespace keel {

/// The windows of a pool: the same for height and width.
struct Pool2dOptions {
  std::int64_t kernel = 2;  ///< height and width of the window
  std::int64_t stride = 0;  ///< distance between windows; 0: the kernel
  std::int64_t padding = 0;
  bool count_include_pad = true;  ///< averages divide by kernel^2, padding included
};

}  // namespace keel
