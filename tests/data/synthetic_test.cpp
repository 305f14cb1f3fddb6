#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include <keel/core/parallel.h>
#include <keel/data/synthetic.h>

#include "tests/support/test.h"
#include "tests/support/thread_count.h"

using namespace keel;

namespace {

using Make = DatasetSplits (*)(std::uint64_t, std::int64_t, std::int64_t);

bool same(const Dataset& a, const Dataset& b) {
  return a.images == b.images && a.labels == b.labels;
}

std::size_t label_of(const Dataset& set, std::int64_t i) {
  return static_cast<std::size_t>(set.labels[static_cast<std::size_t>(i)]);
}

// Softmax regression on the pixels by plain stochastic gradient descent: the share of test samples
// it gets right.
double linear_accuracy(const DatasetSplits& splits, int epochs) {
  const auto pixels = static_cast<std::size_t>(splits.train.image_bytes());
  constexpr std::size_t kClasses = 10;
  std::vector<std::vector<float>> weights(kClasses, std::vector<float>(pixels + 1));
  std::vector<float> x(pixels + 1, 1.0f);  // the last input stands for the bias
  const auto scores = [&](const Dataset& set, std::int64_t i) {
    const auto image = set.image(i);
    std::transform(image.begin(), image.end(), x.begin(),
                   [](std::uint8_t v) { return static_cast<float>(v) / 255; });
    std::vector<float> result(kClasses);
    for (std::size_t k = 0; k < kClasses; ++k) {
      for (std::size_t j = 0; j <= pixels; ++j) result[k] += weights[k][j] * x[j];
    }
    return result;
  };
  for (int epoch = 0; epoch < epochs; ++epoch) {
    const float rate = 0.01f * static_cast<float>(epochs - epoch) / static_cast<float>(epochs);
    for (std::int64_t i = 0; i < splits.train.size(); ++i) {
      const std::size_t label = label_of(splits.train, i);
      std::vector<float> p = scores(splits.train, i);
      const float top = *std::max_element(p.begin(), p.end());
      float sum = 0;
      for (float& v : p) sum += v = std::exp(v - top);
      for (std::size_t k = 0; k < kClasses; ++k) {
        const float step = rate * ((k == label ? 1.0f : 0.0f) - p[k] / sum);
        for (std::size_t j = 0; j <= pixels; ++j) weights[k][j] += step * x[j];
      }
    }
  }
  int right = 0;
  for (std::int64_t i = 0; i < splits.test.size(); ++i) {
    const std::vector<float> s = scores(splits.test, i);
    const std::size_t label = label_of(splits.test, i);
    right += s[label] == *std::max_element(s.begin(), s.end()) ? 1 : 0;
  }
  return static_cast<double>(right) / static_cast<double>(splits.test.size());
}

}  // namespace

TEST_CASE("an embedded set is described, balanced and in range") {
  const DatasetSplits digits = make_digits(1, 50, 20), shapes = make_shapes(1, 50, 20);
  CHECK((digits.train.height == 28 && digits.train.width == 28 && digits.train.channels == 1));
  CHECK((shapes.test.height == 32 && shapes.test.width == 32 && shapes.test.channels == 3));
  CHECK(digits.train.classes.at(7) == "7");
  CHECK(shapes.train.classes.at(0) == "disc");
  CHECK(shapes.test.classes == shapes.train.classes);
  for (const Dataset& set : {digits.train, digits.test, shapes.train, shapes.test}) {
    CHECK(set.images.size() == static_cast<std::size_t>(set.size() * set.image_bytes()));
    CHECK(std::set(set.classes.begin(), set.classes.end()).size() == 10);
    for (std::int32_t label = 0; label < 10; ++label) {
      CHECK(std::count(set.labels.begin(), set.labels.end(), label) == set.size() / 10);
    }
    const auto [darkest, brightest] = std::minmax_element(set.images.begin(), set.images.end());
    CHECK(*darkest < 20);
    CHECK(*brightest > 235);
  }
}

TEST_CASE("a sample depends on seed, split and index alone") {
  for (const Make make : {make_digits, make_shapes}) {
    const keel::testing::ThreadCount restored;
    set_num_threads(1);
    const DatasetSplits one = make(5, 100, 40);
    set_num_threads(3);
    const DatasetSplits three = make(5, 100, 40), fewer = make(5, 30, 10);
    const DatasetSplits other = make(6, 100, 40);
    CHECK(same(one.train, three.train));
    CHECK(same(one.test, three.test));
    CHECK(
        std::equal(fewer.train.images.begin(), fewer.train.images.end(), one.train.images.begin()));
    CHECK_FALSE(same(one.train, other.train));
  }
}

TEST_CASE("no image appears twice, within a split or across the two") {
  for (const Make make : {make_digits, make_shapes}) {
    const DatasetSplits splits = make(2, 300, 100);
    std::set<std::string> seen;
    for (const Dataset* set : {&splits.train, &splits.test}) {
      for (std::int64_t i = 0; i < set->size(); ++i) {
        const auto image = set->image(i);
        seen.emplace(image.begin(), image.end());
      }
    }
    CHECK(seen.size() == 400);
  }
}

TEST_CASE("an embedded set may be empty but not negative") {
  CHECK(make_digits(0, 0, 0).train.size() == 0);
  CHECK_THROWS_WITH(make_digits(0, -1, 5), ContainsSubstring("digits") && ContainsSubstring("-1"));
  CHECK_THROWS_WITH(make_shapes(0, 5, -2), ContainsSubstring("shapes") && ContainsSubstring("-2"));
}

TEST_CASE("a linear classifier does not suffice") {
  const double digits = linear_accuracy(make_digits(0, 6000, 1000), 5);
  CHECK(digits > 0.6);  // it has learnt what there is to learn for it
  CHECK(digits < 0.9);
  const double shapes = linear_accuracy(make_shapes(0, 2000, 500), 3);
  CHECK(shapes < 0.5);
}
