#include <vector>

#include <keel/core/kernels/random_words.h>

#include "tests/support/test.h"

using keel::Rng;

TEST_CASE("words that are drawn together are those that are drawn one by one") {
  // Blocks of four words, at a carry into the counter's upper half, too.
  for (const std::uint64_t position : {0ull, 1ull, 6ull, 4ull * 0xfffffff0ull + 2}) {
    for (const std::int64_t count : {0, 1, 3, 64, 65, 300, 1000}) {
      CAPTURE(position, count);
      const Rng::State from{0x123456789abcdef0u, 0xfedcba9876543210u, position};
      std::vector<std::uint32_t> together(static_cast<std::size_t>(count)), alone(together.size());
      keel::kernels::random_words(from, count, together.data());
      Rng rng(from);
      for (std::uint32_t& word : alone) word = rng.bits();
      CHECK(together == alone);
    }
  }
}
