#pragma once
// Anti-aliased strokes and polygons on a small mask.

#include <cstddef>
#include <vector>

namespace keel::synthetic {

struct Point {
  float x = 0, y = 0;  ///< pixels, x to the right and y down
};

using Polyline = std::vector<Point>;

/// How much of each pixel is covered, 0 to 1, in row order. Pixel (x, y) is the unit square whose
/// lower corner is (x, y). Whatever is drawn outside of the mask is cut off.
class Mask {
 public:
  Mask(int width, int height);

  /// A line of round caps and joints, `radius` to each side. Overlaps do not add up.
  void stroke(const Polyline& line, float radius);

  /// The inside of closed outlines by the even-odd rule: an outline within another is a hole.
  void fill(const std::vector<Polyline>& outlines);

  /// Mixes each pixel with its neighbours (binomial 3x3 weights): 0 leaves it, 1 is the full blur.
  void blur(float amount);

  int width() const { return width_; }
  int height() const { return height_; }
  float at(int x, int y) const { return values_[index(x, y)]; }

 private:
  std::size_t index(int x, int y) const { return static_cast<std::size_t>(y * width_ + x); }
  void stroke_segment(Point from, Point to, float radius);
  void cover_span(int y, float begin, float end, float weight);

  int width_, height_;
  std::vector<float> values_;
};

/// The points of a smooth curve through the given ones (Catmull-Rom, `steps` per piece); closed
/// when the first point equals the last.
Polyline smooth_curve(const Polyline& points, int steps);

}  // namespace keel::synthetic
