#include "apps/chance.h"

#include <cmath>

#include "tests/support/test.h"

namespace {

double chance_of(const char* dataset_note) {
  keel::Comparison comparison;
  comparison.dataset_note = dataset_note;
  return keel::chance_accuracy(comparison);
}

}  // namespace

TEST_CASE("chance is one of the classes, as far as they are known") {
  CHECK(chance_of("1,000 training and 500 test images of 28x28x1, 10 classes") == Approx(0.1));
  CHECK(chance_of("2 classes") == Approx(0.5));
  for (const char* note : {"", "500 test images", " classes", "many classes", "1 classes"}) {
    CHECK(std::isnan(chance_of(note)));
  }
}

TEST_CASE("ten points above chance are learned") {
  keel::Variant variant;
  CHECK_FALSE(keel::beats_chance(variant, 0.1));
  CHECK_FALSE(keel::beats_chance(variant, keel::kNotMeasured));
  variant.accuracy = keel::summarize({0.1, 0.29});
  CHECK_FALSE(keel::beats_chance(variant, 0.1));
  variant.accuracy = keel::summarize({0.1, 0.3});
  CHECK(keel::beats_chance(variant, 0.1));
  variant.accuracy = keel::summarize({0});
  CHECK(keel::beats_chance(variant, keel::kNotMeasured));
}
