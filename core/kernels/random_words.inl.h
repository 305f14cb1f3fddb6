// Blocks of Philox4x32-10 (core/random.h) side by side, for one instruction set.

namespace keel::kernels::KEEL_ISA {

// The blocks from `block` on, kBlocksSideBySide at a time.
inline void philox_blocks(std::uint64_t seed, std::uint64_t stream, std::uint64_t block,
                          std::int64_t groups, std::uint32_t* words) {
  constexpr int kCount = kBlocksSideBySide;
  for (std::int64_t g = 0; g < groups; ++g, block += kCount, words += 4 * kCount) {
    std::uint32_t c0[kCount], c1[kCount], c2[kCount], c3[kCount];
    for (int i = 0; i < kCount; ++i) {
      const std::uint64_t b = block + static_cast<std::uint64_t>(i);
      c0[i] = static_cast<std::uint32_t>(b);
      c1[i] = static_cast<std::uint32_t>(b >> 32);
      c2[i] = static_cast<std::uint32_t>(stream);
      c3[i] = static_cast<std::uint32_t>(stream >> 32);
    }
    auto key0 = static_cast<std::uint32_t>(seed), key1 = static_cast<std::uint32_t>(seed >> 32);
    for (int round = 0; round < kPhiloxRounds; ++round) {
      for (int i = 0; i < kCount; ++i) philox_round(c0[i], c1[i], c2[i], c3[i], key0, key1);
      key0 += kPhiloxKeySteps[0];
      key1 += kPhiloxKeySteps[1];
    }
    for (int i = 0; i < kCount; ++i) {
      words[4 * i] = c0[i];
      words[4 * i + 1] = c1[i];
      words[4 * i + 2] = c2[i];
      words[4 * i + 3] = c3[i];
    }
  }
}

}  // namespace keel::kernels::KEEL_ISA
