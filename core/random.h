#pragma once
// Counter-based random numbers: each is a pure function of (seed, stream, index), so that neither
// threads nor an interruption can change what is drawn.
// Philox4x32-10: Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace keel {

/// One Philox4x32-10 block: four random words from a 128-bit counter and a 64-bit key.
std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                    std::array<std::uint32_t, 2> key);

/// A stream of random numbers with a position. Block b of it is
/// philox(counter = {b low, b high, stream low, stream high}, key = {seed low, seed high}).
/// Copying copies the position; equal (seed, stream, position) give equal numbers on every machine.
class Rng {
 public:
  struct State {
    std::uint64_t seed = 0, stream = 0, position = 0;  ///< position counts 32-bit words
    bool operator==(const State&) const = default;
  };

  explicit Rng(std::uint64_t seed = 0, std::uint64_t stream = 0) : state_{seed, stream, 0} {}
  explicit Rng(const State& state) : state_(state) {}

  /// An independent stream: the same seed, a stream number mixed from this stream and the key.
  /// Does not depend on this stream's position.
  Rng fork(std::uint64_t key) const;
  /// An independent stream, another one at each call: forks by the position and advances it by one.
  Rng split();

  std::uint32_t bits();                     ///< 32 random bits
  double uniform();                         ///< in [0, 1), 53 bits (two words)
  double uniform(double low, double high);  ///< in [low, high)
  std::uint64_t below(std::uint64_t n);     ///< uniform in 0..n-1 without bias; n > 0
  double normal();                          ///< N(0, 1) by Box-Muller (four words)
  bool bernoulli(double p) { return uniform() < p; }

  const State& state() const { return state_; }

  /// The words that one uniform() and one normal() take.
  static constexpr std::uint64_t kUniformWords = 2, kNormalWords = 4;

 private:
  State state_;
  std::array<std::uint32_t, 4> block_{};
  std::uint64_t block_index_ = ~std::uint64_t{0};  // which block `block_` holds; none yet
};

/// Puts the values into a random order, each one as likely: Fisher and Yates' shuffle.
template <class T>
void shuffle(std::span<T> values, Rng& rng) {
  for (std::size_t i = values.size(); i > 1; --i) {
    std::swap(values[i - 1], values[static_cast<std::size_t>(rng.below(i))]);
  }
}

}  // namespace keel
