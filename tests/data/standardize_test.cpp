#include <cmath>
#include <vector>

#include <keel/core/error.h>
#include <keel/core/parallel.h>
#include <keel/data/standardize.h>
#include <keel/data/synthetic.h>

#include "tests/support/test.h"
#include "tests/support/thread_count.h"

using namespace keel;

TEST_CASE("standardization: mean and deviation of each channel, in units of 0..1") {
  const Dataset set{"two", 1, 2, 2, {"a"}, {0, 10, 255, 20, 0, 30, 255, 40}, {0, 0}};
  const Standardization s = standardization_of(set);
  CHECK(s.mean[0] == Approx(0.5));
  CHECK(s.std[0] == Approx(0.5));
  CHECK(s.mean[1] == Approx(25.0 / 255));
  CHECK(s.std[1] == Approx(std::sqrt(125.0) / 255));
}

TEST_CASE("standardization: the standardized set has mean 0 and deviation 1") {
  const Dataset set = make_shapes(3, 40, 0).train;
  std::vector<float> values(set.images.size());
  standardize(set.images, standardization_of(set), values);
  for (std::size_t c = 0; c < 3; ++c) {
    double sum = 0, square = 0;
    for (std::size_t i = c; i < values.size(); i += 3) {
      sum += values[i];
      square += double{values[i]} * values[i];
    }
    const double n = static_cast<double>(values.size()) / 3;
    CHECK(sum / n == Approx(0).margin(1e-5));
    CHECK(square / n == Approx(1).epsilon(1e-5));
  }
}

TEST_CASE("standardization: none leaves black at 0 and white at 1") {
  std::vector<float> values(6);
  standardize(std::vector<std::uint8_t>{0, 51, 255, 255, 0, 102}, standardization_of_none(3),
              values);
  CHECK(values[0] == 0);
  CHECK(values[1] == Approx(0.2));
  CHECK(values[3] == Approx(1));
  CHECK(values[5] == Approx(0.4));
}

TEST_CASE("standardization: the same for any number of threads") {
  const Dataset set = make_digits(3, 5000, 0).train;
  const keel::testing::ThreadCount restored;
  set_num_threads(1);
  const Standardization one = standardization_of(set);
  set_num_threads(3);
  const Standardization three = standardization_of(set);
  CHECK(one.mean == three.mean);
  CHECK(one.std == three.std);
}

TEST_CASE("standardization: a constant channel becomes 0") {
  const Dataset set{"grey", 1, 3, 1, {"a"}, {77, 77, 77}, {0}};
  const Standardization s = standardization_of(set);
  CHECK(s.std[0] == 1);
  std::vector<float> values(3);
  standardize(set.images, s, values);
  for (const float v : values) CHECK(v == Approx(0).margin(1e-6));
}

TEST_CASE("standardization: the sums of large and nearly constant images are exact") {
  const std::int64_t height = 1301, width = 1009, channels = 3, pixels = height * width;
  Dataset set{"white", height, width, channels, {"a"}, {}, {0}};
  set.images.assign(static_cast<std::size_t>(pixels * channels), 255);
  set.images[3 * 17] = 254;                                                  // once in channel 0
  for (std::size_t i = 1; i < set.images.size(); i += 6) set.images[i] = 0;  // every other of 1
  const Standardization s = standardization_of(set);
  const double n = static_cast<double>(pixels), share = 1 / n, black = (pixels + 1) / 2 / n;
  CHECK(s.mean[0] == static_cast<float>((255 - share) / 255));
  CHECK(s.std[0] == Approx(std::sqrt(share * (1 - share)) / 255).epsilon(1e-6));
  CHECK(s.mean[1] == Approx(1 - black));
  CHECK(s.std[1] == Approx(std::sqrt(black * (1 - black))).epsilon(1e-6));
  CHECK(s.mean[2] == 1);
  CHECK(s.std[2] == 1);
}

TEST_CASE("standardization: what does not fit is refused") {
  const Dataset empty{"nothing", 2, 2, 1, {"a"}, {}, {}};
  CHECK_THROWS_WITH(standardization_of(empty), ContainsSubstring("nothing"));
  const std::vector<std::uint8_t> pixels(6);
  std::vector<float> five(5), six(6);
  CHECK_THROWS_WITH(standardize(pixels, {{0}, {1}}, five), ContainsSubstring("6 pixels, 5 values"));
  CHECK_THROWS_AS(standardize(pixels, {{0, 0, 0, 0}, {1, 1, 1, 1}}, six), Error);
  CHECK_THROWS_AS(standardize(pixels, {{0, 0}, {1}}, six), Error);
  CHECK_THROWS_AS(standardize(pixels, {}, six), Error);
}
