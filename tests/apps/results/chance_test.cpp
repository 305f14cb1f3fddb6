#include "apps/results/chance.h"

#include <cmath>
#include <cstdint>
#include <optional>

#include "tests/support/test.h"

namespace {

double chance_of(std::optional<std::int64_t> classes) {
  keel::Comparison comparison;
  comparison.classes = classes;
  return keel::chance_accuracy(comparison);
}

}  // namespace

TEST_CASE("chance is one of the classes, as far as they are known") {
  CHECK(chance_of(10) == Approx(0.1));
  CHECK(chance_of(2) == Approx(0.5));
  for (const auto classes : {std::optional<std::int64_t>(), {1}, {0}, {-3}}) {
    CHECK(std::isnan(chance_of(classes)));
  }
}

TEST_CASE("ten points above chance are learned, or twice chance where that is less") {
  keel::Variant variant;
  CHECK_FALSE(keel::beats_chance(variant, 0.1));
  CHECK_FALSE(keel::beats_chance(variant, keel::kNotMeasured));
  variant.accuracy = keel::summarize({0.1, 0.29});
  CHECK_FALSE(keel::beats_chance(variant, 0.1));
  variant.accuracy = keel::summarize({0.1, 0.3});
  CHECK(keel::beats_chance(variant, 0.1));
  // Of a hundred classes one point is as much as chance.
  variant.accuracy = keel::summarize({0.0195});
  CHECK_FALSE(keel::beats_chance(variant, 0.01));
  variant.accuracy = keel::summarize({0.0205});
  CHECK(keel::beats_chance(variant, 0.01));
  variant.accuracy = keel::summarize({0});
  CHECK(keel::beats_chance(variant, keel::kNotMeasured));
}
