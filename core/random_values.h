#pragma once
// What random words become. Each value takes so many of them, in order.

#include <cstdint>

namespace keel {

/// In [0, 1), 53 bits, of Rng::kUniformWords words.
double uniform_of(const std::uint32_t* words);
/// N(0, 1) by Box and Muller, of Rng::kNormalWords words.
double normal_of(const std::uint32_t* words);

}  // namespace keel
