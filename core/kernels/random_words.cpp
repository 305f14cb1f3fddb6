#include <keel/core/kernels/philox_round.h>
#include <keel/core/kernels/random_words.h>

namespace keel::kernels {
namespace {

constexpr int kBlocksSideBySide = 16;

}  // namespace
}  // namespace keel::kernels

#define KEEL_ISA_SOURCE <keel/core/kernels/random_words.inl.h>
#include <keel/core/kernels/for_each_isa.h>

namespace keel::kernels {

void random_words(const Rng::State& from, std::int64_t count, std::uint32_t* words) {
  constexpr std::int64_t kGroup = 4 * kBlocksSideBySide;
  Rng rng(from);
  for (; count > 0 && rng.state().position % 4 != 0; --count) *words++ = rng.bits();
  const std::int64_t groups = count / kGroup;
  const Rng::State aligned = rng.state();
  select(KEEL_ISA_VARIANTS(philox_blocks))(aligned.seed, aligned.stream, aligned.position / 4,
                                           groups, words);
  words += groups * kGroup;
  count -= groups * kGroup;
  Rng rest(Rng::State{aligned.seed, aligned.stream,
                      aligned.position + static_cast<std::uint64_t>(groups * kGroup)});
  for (; count > 0; --count) *words++ = rest.bits();
}

}  // namespace keel::kernels
