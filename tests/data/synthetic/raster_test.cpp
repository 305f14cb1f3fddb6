#include <keel/data/synthetic/raster.h>

#include "tests/support/test.h"

using namespace keel::synthetic;

namespace {

float area(const Mask& mask) {
  float sum = 0;
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) sum += mask.at(x, y);
  }
  return sum;
}

}  // namespace

TEST_CASE("a polygon covers its area, pixel fractions included") {
  Mask mask(8, 6);
  mask.fill({{{1.5f, 1}, {5, 1}, {5, 3.5f}, {1.5f, 3.5f}}});
  CHECK(area(mask) == Approx(3.5 * 2.5));
  CHECK(mask.at(1, 1) == Approx(0.5));
  CHECK(mask.at(3, 2) == Approx(1));
  CHECK(mask.at(4, 3) == Approx(0.5));
  CHECK(mask.at(5, 2) == 0);
}

TEST_CASE("an outline within another is a hole") {
  Mask mask(8, 8);
  mask.fill({{{1, 1}, {7, 1}, {7, 7}, {1, 7}}, {{3, 3}, {5, 3}, {5, 5}, {3, 5}}});
  CHECK(area(mask) == Approx(36 - 4));
  CHECK(mask.at(4, 4) == 0);
}

TEST_CASE("what lies outside of the mask is cut off") {
  Mask mask(4, 4);
  mask.fill({{{-9, -9}, {2, -9}, {2, 9}, {-9, 9}}});
  CHECK(area(mask) == Approx(8));
  mask.stroke({{-50, -50}, {-40, 90}}, 3);
  CHECK(area(mask) == Approx(8));
}

TEST_CASE("a stroke is as wide as twice its radius and does not add up at a joint") {
  Mask mask(21, 9);
  mask.stroke({{-5, 4.5f}, {10, 4.5f}, {26, 4.5f}}, 1.25f);
  float height = 0;
  for (int y = 0; y < 9; ++y) height += mask.at(10, y);
  CHECK(height == Approx(2.5));
  CHECK(mask.at(10, 4) == 1);
}

TEST_CASE("a blur keeps the sum and softens the peak") {
  Mask mask(7, 7);
  mask.fill({{{3, 3}, {4, 3}, {4, 4}, {3, 4}}});
  mask.blur(1);
  CHECK(area(mask) == Approx(1));
  CHECK(mask.at(3, 3) == Approx(0.25));
  CHECK(mask.at(2, 3) == Approx(0.125));
  CHECK(mask.at(2, 2) == Approx(0.0625));
}

TEST_CASE("a smooth curve passes through its points, open or closed") {
  const Polyline open = smooth_curve({{0, 0}, {2, 1}, {4, 0}}, 4);
  CHECK(open.size() == 9);
  CHECK((open[4].x == 2 && open[4].y == 1));
  CHECK((open[8].x == 4 && open[8].y == 0));
  // At the seam of a closed curve the slopes before and after agree.
  const Polyline closed = smooth_curve({{1, 0}, {0, 1}, {-1, 0}, {0, -1}, {1, 0}}, 100);
  CHECK(closed[1].x - 1 == Approx(closed[399].x - 1).margin(1e-3));
  CHECK(closed[1].y == Approx(-closed[399].y).margin(1e-3));
}
