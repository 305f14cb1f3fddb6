#pragma once
// Images in black and white.

#include <cstdint>
#include <span>

namespace keel {

/// Makes each value white (255) that is at least `threshold` of it, and each other one black (0).
/// Throws Error unless 0 <= threshold <= 1.
void binarize(std::span<std::uint8_t> pixels, double threshold);

}  // namespace keel
