#include <cmath>
#include <numbers>

#include <keel/core/kernels/philox_round.h>
#include <keel/core/random.h>
#include <keel/core/random_values.h>

namespace keel {
namespace {

std::uint32_t low(std::uint64_t v) {
  return static_cast<std::uint32_t>(v);
}
std::uint32_t high(std::uint64_t v) {
  return static_cast<std::uint32_t>(v >> 32);
}

// SplitMix64's finaliser: a bijection whose every output bit depends on every input bit.
std::uint64_t mix(std::uint64_t v) {
  v = (v ^ (v >> 30)) * 0xBF58476D1CE4E5B9u;
  v = (v ^ (v >> 27)) * 0x94D049BB133111EBu;
  return v ^ (v >> 31);
}

}  // namespace

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                    std::array<std::uint32_t, 2> key) {
  auto& [c0, c1, c2, c3] = counter;
  for (int round = 0; round < kernels::kPhiloxRounds; ++round) {
    kernels::philox_round(c0, c1, c2, c3, key[0], key[1]);
    for (std::size_t i = 0; i < key.size(); ++i) key[i] += kernels::kPhiloxKeySteps[i];
  }
  return counter;
}

Rng Rng::fork(std::uint64_t key) const {
  return Rng(state_.seed, mix(state_.stream + 0x9E3779B97F4A7C15u * (key + 1)));
}

Rng Rng::split() {
  return fork(state_.position++);
}

std::uint32_t Rng::bits() {
  const std::uint64_t block = state_.position / 4;
  if (block != block_index_) {
    block_ = philox({low(block), high(block), low(state_.stream), high(state_.stream)},
                    {low(state_.seed), high(state_.seed)});
    block_index_ = block;
  }
  return block_[state_.position++ % 4];
}

double uniform_of(const std::uint32_t* words) {
  const std::uint64_t upper = words[0] >> 5;  // 27 bits
  const std::uint64_t lower = words[1] >> 6;  // 26 bits
  return static_cast<double>((upper << 26) | lower) * 0x1p-53;
}

double normal_of(const std::uint32_t* words) {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform_of(words)));  // 1 - u is never 0
  return radius * std::cos(2.0 * std::numbers::pi * uniform_of(words + Rng::kUniformWords));
}

double Rng::uniform() {
  std::uint32_t words[kUniformWords];
  for (std::uint32_t& word : words) word = bits();
  return uniform_of(words);
}

double Rng::uniform(double low, double high) {
  return low + (high - low) * uniform();
}

std::uint64_t Rng::below(std::uint64_t n) {
  // Reject the last, incomplete run of n values: what remains is an exact multiple of n.
  const std::uint64_t limit = n * (~std::uint64_t{0} / n);
  std::uint64_t value = 0;
  do {
    const std::uint64_t upper = bits();
    value = (upper << 32) | bits();
  } while (value >= limit);
  return value % n;
}

double Rng::normal() {
  std::uint32_t words[kNormalWords];
  for (std::uint32_t& word : words) word = bits();
  return normal_of(words);
}

}  // namespace keel
