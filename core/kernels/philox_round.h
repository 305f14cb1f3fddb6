#pragma once
// Salmon, Moraes, Dror & Shaw, Parallel Random Numbers: As Easy as 1, 2, 3, SC 2011: what one block
// of Philox4x32-10 (core/random.h) and many side by side have in common.

#include <cstdint>

namespace keel::kernels {

inline constexpr int kPhiloxRounds = 10;
/// What is added to the key after each round.
inline constexpr std::uint32_t kPhiloxKeySteps[] = {0x9E3779B9u, 0xBB67AE85u};

/// One round on the four words of a counter.
inline void philox_round(std::uint32_t& c0, std::uint32_t& c1, std::uint32_t& c2, std::uint32_t& c3,
                         std::uint32_t key0, std::uint32_t key1) {
  const std::uint64_t a = std::uint64_t{0xD2511F53u} * c0;
  const std::uint64_t b = std::uint64_t{0xCD9E8D57u} * c2;
  c0 = static_cast<std::uint32_t>(b >> 32) ^ c1 ^ key0;
  c1 = static_cast<std::uint32_t>(b);
  c2 = static_cast<std::uint32_t>(a >> 32) ^ c3 ^ key1;
  c3 = static_cast<std::uint32_t>(a);
}

}  // namespace keel::kernels
