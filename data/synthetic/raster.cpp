#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include <keel/data/synthetic/raster.h>

namespace keel::synthetic {

Mask::Mask(int width, int height)
    : width_(width), height_(height), values_(static_cast<std::size_t>(width * height)) {}

void Mask::stroke(const Polyline& line, float radius) {
  for (std::size_t i = 0; i + 1 < line.size(); ++i) stroke_segment(line[i], line[i + 1], radius);
}

void Mask::stroke_segment(Point from, Point to, float radius) {
  const float reach = radius + 1;
  const int left = std::max(0, static_cast<int>(std::min(from.x, to.x) - reach));
  const int right = std::min(width_ - 1, static_cast<int>(std::max(from.x, to.x) + reach));
  const int top = std::max(0, static_cast<int>(std::min(from.y, to.y) - reach));
  const int bottom = std::min(height_ - 1, static_cast<int>(std::max(from.y, to.y) + reach));
  const Point along{to.x - from.x, to.y - from.y};
  const float length_squared = std::max(1e-12f, along.x * along.x + along.y * along.y);
  for (int y = top; y <= bottom; ++y) {
    for (int x = left; x <= right; ++x) {
      const Point offset{static_cast<float>(x) + 0.5f - from.x,
                         static_cast<float>(y) + 0.5f - from.y};
      const float t =
          std::clamp((offset.x * along.x + offset.y * along.y) / length_squared, 0.0f, 1.0f);
      const float dx = offset.x - t * along.x, dy = offset.y - t * along.y;
      const float coverage = std::clamp(radius + 0.5f - std::sqrt(dx * dx + dy * dy), 0.0f, 1.0f);
      float& value = values_[index(x, y)];
      value = std::max(value, coverage);
    }
  }
}

void Mask::fill(const std::vector<Polyline>& outlines) {
  constexpr int kLinesPerPixel = 4;
  std::vector<float> crossings;
  for (int line = 0; line < height_ * kLinesPerPixel; ++line) {
    const float y = (static_cast<float>(line) + 0.5f) / kLinesPerPixel;
    crossings.clear();
    for (const Polyline& outline : outlines) {
      Point previous = outline.back();
      for (const Point point : outline) {
        if ((previous.y <= y) != (point.y <= y)) {
          const float t = (y - previous.y) / (point.y - previous.y);
          crossings.push_back(previous.x + t * (point.x - previous.x));
        }
        previous = point;
      }
    }
    std::sort(crossings.begin(), crossings.end());
    for (std::size_t i = 0; i + 1 < crossings.size(); i += 2) {
      cover_span(line / kLinesPerPixel, crossings[i], crossings[i + 1], 1.0f / kLinesPerPixel);
    }
  }
}

void Mask::cover_span(int y, float begin, float end, float weight) {
  begin = std::max(begin, 0.0f);
  end = std::min(end, static_cast<float>(width_));
  for (int x = static_cast<int>(begin); static_cast<float>(x) < end; ++x) {
    const float left = std::max(begin, static_cast<float>(x));
    const float right = std::min(end, static_cast<float>(x + 1));
    float& value = values_[index(x, y)];
    value = std::min(1.0f, value + weight * (right - left));
  }
}

void Mask::blur(float amount) {
  std::vector<float> blurred(values_.size());
  // One direction at a time; a pixel outside of the mask counts as its nearest one inside.
  const auto pass = [&](int dx, int dy) {
    for (int y = 0; y < height_; ++y) {
      for (int x = 0; x < width_; ++x) {
        const float before = at(std::max(0, x - dx), std::max(0, y - dy));
        const float after = at(std::min(width_ - 1, x + dx), std::min(height_ - 1, y + dy));
        const float centre = at(x, y);
        blurred[index(x, y)] = centre + amount * (0.25f * (before + after) - 0.5f * centre);
      }
    }
    std::swap(values_, blurred);
  };
  pass(1, 0);
  pass(0, 1);
}

Polyline smooth_curve(const Polyline& points, int steps) {
  const auto last = static_cast<std::ptrdiff_t>(points.size()) - 1;
  const bool closed = points.front().x == points.back().x && points.front().y == points.back().y;
  const auto point = [&](std::ptrdiff_t i) {
    if (closed) return points[static_cast<std::size_t>((i + last) % last)];
    return points[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(i, 0, last))];
  };
  const auto interpolate = [](float a, float b, float c, float d, float t) {
    return b + 0.5f * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
  };
  Polyline curve;
  for (std::ptrdiff_t i = 0; i < last; ++i) {
    const Point a = point(i - 1), b = point(i), c = point(i + 1), d = point(i + 2);
    for (int step = 0; step < steps; ++step) {
      const float t = static_cast<float>(step) / static_cast<float>(steps);
      curve.push_back({interpolate(a.x, b.x, c.x, d.x, t), interpolate(a.y, b.y, c.y, d.y, t)});
    }
  }
  curve.push_back(points.back());
  return curve;
}

}  // namespace keel::synthetic
