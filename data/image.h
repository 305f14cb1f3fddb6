#pragma once
// One image of bytes in memory, and its size.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace keel {

struct ImageSize {
  std::int64_t height = 0, width = 0;
  bool operator==(const ImageSize&) const = default;
};

/// Pixels in [H, W, C] order; one channel is grey, three are red, green, blue.
struct Image {
  ImageSize size;
  std::int64_t channels = 0;
  std::vector<std::uint8_t> pixels;
};

}  // namespace keel
