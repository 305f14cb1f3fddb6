#pragma once

#include <algorithm>
#include <cstdint>

#include <keel/core/random.h>

namespace keel::kernels {

/// The next `count` words of the stream: what Rng::bits() draws one by one.
void random_words(const Rng::State& from, std::int64_t count, std::uint32_t* words);

/// Calls f(words, first, number) for pieces of the values first, first + 1, ... of begin..end-1,
/// each of which takes `each` words of the stream; value 0 takes the first ones.
template <class F>
void for_drawn(const Rng::State& from, std::int64_t each, std::int64_t begin, std::int64_t end,
               F&& f) {
  constexpr std::int64_t kWords = 1 << 10;  // in the L1 cache
  std::uint32_t words[kWords];
  for (std::int64_t first = begin; first < end; first += kWords / each) {
    const std::int64_t number = std::min(end - first, kWords / each);
    random_words({from.seed, from.stream, from.position + static_cast<std::uint64_t>(each * first)},
                 each * number, words);
    f(static_cast<const std::uint32_t*>(words), first, number);
  }
}

}  // namespace keel::kernels
