#include <cmath>
#include <map>
#include <span>
#include <vector>

#include <keel/core/random.h>

#include "tests/support/test.h"

using keel::Rng;

TEST_CASE("philox gives the known answers of its paper's reference implementation") {
  using Words = std::array<std::uint32_t, 4>;
  CHECK(keel::philox({0, 0, 0, 0}, {0, 0}) ==
        Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(keel::philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}) ==
        Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(keel::philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("a stream continues from its saved state") {
  Rng rng(7, 3);
  for (int i = 0; i < 5; ++i) rng.bits();
  Rng copy(rng.state());
  for (int i = 0; i < 9; ++i) CHECK(copy.bits() == rng.bits());
}

TEST_CASE("forks are independent of the position and of each other") {
  Rng rng(7);
  const Rng before = rng.fork(1);
  rng.uniform();
  CHECK(rng.fork(1).state() == before.state());
  CHECK(rng.fork(2).state().stream != before.state().stream);
  CHECK(rng.fork(1).fork(2).state().stream != rng.fork(2).fork(1).state().stream);
}

TEST_CASE("splits differ from each other and can be repeated") {
  Rng rng(7), again(7);
  const Rng first = rng.split(), second = rng.split();
  CHECK(first.state() != second.state());
  CHECK(again.split().state() == first.state());
  CHECK(again.split().state() == second.state());
}

TEST_CASE("distributions have their moments") {
  Rng rng(11);
  constexpr int kSamples = 200000;
  double mean = 0, square = 0, normal_mean = 0, normal_square = 0;
  std::vector<int> counts(7);
  for (int i = 0; i < kSamples; ++i) {
    const double u = rng.uniform();
    REQUIRE((u >= 0 && u < 1));
    mean += u;
    square += u * u;
    const double n = rng.normal();
    normal_mean += n;
    normal_square += n * n;
    ++counts[rng.below(7)];
  }
  CHECK(mean / kSamples == Approx(0.5).margin(0.005));
  CHECK(square / kSamples == Approx(1.0 / 3).margin(0.005));
  CHECK(normal_mean / kSamples == Approx(0).margin(0.01));
  CHECK(normal_square / kSamples == Approx(1).margin(0.02));
  for (const int count : counts) CHECK(count == Approx(kSamples / 7.0).epsilon(0.03));
}

TEST_CASE("a shuffle makes every order as likely and depends on the stream alone") {
  Rng rng(13);
  constexpr int kShuffles = 60000;
  std::map<std::vector<int>, int> counts;
  for (int i = 0; i < kShuffles; ++i) {
    std::vector<int> values{1, 2, 3};
    keel::shuffle(std::span(values), rng);
    ++counts[values];
  }
  CHECK(counts.size() == 6);
  for (const auto& [order, count] : counts) CHECK(count == Approx(kShuffles / 6.0).epsilon(0.05));

  Rng one(4), same(4);
  std::vector<int> first{1, 2, 3, 4, 5, 6, 7, 8}, second = first;
  keel::shuffle(std::span(first), one);
  keel::shuffle(std::span(second), same);
  CHECK(first == second);
  keel::shuffle(std::span<int>(), one);  // nothing to draw for
  CHECK(one.state() == same.state());
}
