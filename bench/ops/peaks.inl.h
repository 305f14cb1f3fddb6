// The loops whose speed is the machine's own, for one instruction set.

namespace keel::bench::KEEL_ISA {

using Floats [[gnu::vector_size(4 * KEEL_ISA_LANES)]] = float;

// More chains than a multiply-add takes cycles, times two units; few enough for 16 registers.
constexpr int kChains = 12;
constexpr std::int64_t kOperationsPerRound = 2 * kChains * KEEL_ISA_LANES;

inline std::int64_t operations_per_round() {
  return kOperationsPerRound;
}

// The result is to be used, and the numbers come from outside: nothing can be left out.
inline float multiply_add(std::int64_t rounds, float factor, float summand) {
  Floats chains[kChains];
  for (int i = 0; i < kChains; ++i) chains[i] = Floats{} + static_cast<float>(i);
  const Floats factors = Floats{} + factor, summands = Floats{} + summand;
  for (std::int64_t round = 0; round < rounds; ++round) {
#pragma GCC unroll 12
    for (int i = 0; i < kChains; ++i) chains[i] = chains[i] * factors + summands;
  }
  Floats sum = {};
  for (int i = 0; i < kChains; ++i) sum += chains[i];
  float total = 0;
  for (int lane = 0; lane < KEEL_ISA_LANES; ++lane) total += sum[lane];
  return total;
}

// What is not subnormal stays so for as long as this is measured.
inline void scale_in_place(std::int64_t n, float factor, const float*, float* x) {
  for (std::int64_t i = 0; i < n; ++i) x[i] *= factor;
}

// No compiler takes it for a copy, which libraries write past the caches.
inline void scale(std::int64_t n, float factor, const float* __restrict x, float* __restrict y) {
  for (std::int64_t i = 0; i < n; ++i) y[i] = factor * x[i];
}

}  // namespace keel::bench::KEEL_ISA
