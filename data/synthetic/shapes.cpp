#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

#include <keel/data/synthetic.h>
#include <keel/data/synthetic/generate.h>
#include <keel/data/synthetic/noise.h>
#include <keel/data/synthetic/raster.h>

namespace keel {
namespace {

using namespace synthetic;

constexpr int kSize = 32;
constexpr float kPi = std::numbers::pi_v<float>;

using Outlines = std::vector<Polyline>;
using Colour = std::array<float, 3>;  // red, green, blue, 0..1

// Points on a circle around (x, 0), from one angle to another.
Polyline arc(float x, float radius, float from, float to, int pieces) {
  Polyline line;
  for (int i = 0; i <= pieces; ++i) {
    const float angle = from + (to - from) * static_cast<float>(i) / static_cast<float>(pieces);
    line.push_back({x + radius * std::cos(angle), radius * std::sin(angle)});
  }
  return line;
}

Polyline regular(int corners, float radius = 1) {
  return arc(0, radius, 0, 2 * kPi, corners);
}

Polyline ellipse(float x) {
  Polyline line = regular(20);
  for (Point& p : line) p = {x + 0.42f * p.x, 0.9f * p.y};
  return line;
}

Polyline star() {
  Polyline line = regular(10);
  for (std::size_t i = 1; i < line.size(); i += 2) line[i] = {0.45f * line[i].x, 0.45f * line[i].y};
  return line;
}

Polyline cross() {
  constexpr float a = 0.32f;
  return {{-a, -1}, {a, -1}, {a, -a}, {1, -a}, {1, a},   {a, a},
          {a, 1},   {-a, 1}, {-a, a}, {-1, a}, {-1, -a}, {-a, -a}};
}

// A disc less another one whose centre is `kBite` to the side; both circles meet at the tips.
Polyline crescent() {
  constexpr float kBite = 0.5f, kTip = 0.9f;
  const Point tip{std::cos(kTip), std::sin(kTip)};
  const float inner_angle = std::atan2(tip.y, tip.x - kBite);
  Polyline line = arc(0, 1, kTip, 2 * kPi - kTip, 20);
  const Polyline inner =
      arc(kBite, std::hypot(tip.x - kBite, tip.y), 2 * kPi - inner_angle, inner_angle, 12);
  line.insert(line.end(), inner.begin(), inner.end());
  return line;
}

Polyline heart() {
  Polyline line;
  for (int i = 0; i < 28; ++i) {
    const float t = 2 * kPi * static_cast<float>(i) / 28;
    const float s = std::sin(t);
    line.push_back(
        {s * s * s,
         (-13 * std::cos(t) + 5 * std::cos(2 * t) + 2 * std::cos(3 * t) + std::cos(4 * t)) / 16});
  }
  return line;
}

Polyline arrow() {
  return {{1, 0},       {0.1f, 0.85f},  {0.1f, 0.32f}, {-1, 0.32f},
          {-1, -0.32f}, {0.1f, -0.32f}, {0.1f, -0.85f}};
}

struct ShapeClass {
  const char* name;
  Outlines outlines;  // about the unit circle
};

const std::array<ShapeClass, 10>& shape_classes() {
  static const std::array<ShapeClass, 10> classes = {{{"disc", {regular(24, 0.9f)}},
                                                      {"triangle", {regular(3)}},
                                                      {"square", {regular(4)}},
                                                      {"pair", {ellipse(-0.55f), ellipse(0.55f)}},
                                                      {"star", {star()}},
                                                      {"ring", {regular(24), regular(24, 0.5f)}},
                                                      {"cross", {cross()}},
                                                      {"crescent", {crescent()}},
                                                      {"heart", {heart()}},
                                                      {"arrow", {arrow()}}}};
  return classes;
}

// Two colours around a mean, mixed by blotches, stripes or checks.
class Texture {
 public:
  Texture(Rng& rng, const Colour& mean, double contrast)
      : pattern_(static_cast<Pattern>(rng.below(3))),
        noise_(rng, 3 + static_cast<int>(rng.below(6))),
        mean_(mean) {
    for (float& component : swing_) component = uniform(rng, -contrast, contrast);
    const float angle = uniform(rng, 0, 2 * kPi), frequency = uniform(rng, 0.6, 1.8);
    along_ = {frequency * std::cos(angle), frequency * std::sin(angle)};
  }

  Colour at(int x, int y) const {
    const float amount = pattern(static_cast<float>(x), static_cast<float>(y));
    Colour colour = mean_;
    for (std::size_t c = 0; c < 3; ++c) colour[c] += amount * swing_[c];
    return colour;
  }

 private:
  enum class Pattern { kBlotches, kStripes, kChecks };

  // -1 to 1.
  float pattern(float x, float y) const {
    const float noise = noise_(x / kSize, y / kSize);
    if (pattern_ == Pattern::kBlotches) return noise;
    const float wave = std::sin(along_.x * x + along_.y * y + noise);
    if (pattern_ == Pattern::kStripes) return wave;
    return wave * std::sin(along_.x * y - along_.y * x) > 0 ? 1.0f : -1.0f;
  }

  Pattern pattern_;
  ValueNoise noise_;
  Colour mean_, swing_;
  Point along_;
};

Colour random_colour(Rng& rng) {
  return {uniform(rng, 0, 1), uniform(rng, 0, 1), uniform(rng, 0, 1)};
}

// Each component at least 0.2 away from the other colour's, going round at 1: any colour is as
// likely as any other.
Colour contrasting_colour(Rng& rng, const Colour& other) {
  Colour colour;
  for (std::size_t c = 0; c < 3; ++c) {
    const float component = other[c] + uniform(rng, 0.2, 0.8);
    colour[c] = component - std::floor(component);
  }
  return colour;
}

Mask draw_shape_mask(Rng& rng, std::int32_t label) {
  Outlines outlines = shape_classes()[static_cast<std::size_t>(label)].outlines;
  const float radius = uniform(rng, 7.5, 12.5);
  const float mirror = rng.bernoulli(0.5) ? -1.0f : 1.0f;
  const float stretch = uniform(rng, 0.85, 1.18), shear = uniform(rng, -0.15, 0.15);
  const float angle = uniform(rng, -0.5, 0.5), c = std::cos(angle), s = std::sin(angle);
  const Point centre{kSize / 2.0f + uniform(rng, -4, 4), kSize / 2.0f + uniform(rng, -4, 4)};
  const ValueNoise sway_x(rng, 3), sway_y(rng, 3);
  for (Polyline& outline : outlines) {
    for (Point& p : outline) {
      const float u = 0.5f + 0.5f * p.x, v = 0.5f + 0.5f * p.y;
      const float x = mirror * radius * stretch * (p.x + shear * p.y + 0.12f * sway_x(u, v));
      const float y = radius / stretch * (p.y + 0.12f * sway_y(u, v));
      p = {centre.x + c * x - s * y, centre.y + s * x + c * y};
    }
  }
  Mask mask(kSize, kSize);
  mask.fill(outlines);
  return mask;
}

// A line, or a small shard with three corners: what a shape might be mistaken for.
Mask draw_distractor(Rng& rng) {
  Mask mask(kSize, kSize);
  const Point at{uniform(rng, 0, kSize), uniform(rng, 0, kSize)};
  const auto near = [&](double distance) {
    return Point{at.x + uniform(rng, -distance, distance),
                 at.y + uniform(rng, -distance, distance)};
  };
  if (rng.bernoulli(0.5)) {
    const Point middle = near(8), end = near(16);
    mask.stroke(smooth_curve({at, middle, end}, 4), uniform(rng, 0.5, 1.3));
  } else {
    const Point second = near(6), third = near(6);
    mask.fill({{at, second, third}});
  }
  return mask;
}

class Painting {
 public:
  template <class ColourAt>
  void paint(const Mask& mask, const ColourAt& colour_at) {
    for (int y = 0; y < kSize; ++y) {
      for (int x = 0; x < kSize; ++x) {
        const float opacity = mask.at(x, y);
        if (opacity == 0) continue;
        Colour& pixel = at(x, y);
        const Colour colour = colour_at(x, y);
        for (std::size_t c = 0; c < 3; ++c) pixel[c] += opacity * (colour[c] - pixel[c]);
      }
    }
  }

  Colour& at(int x, int y) { return pixels_[static_cast<std::size_t>(y * kSize + x)]; }

 private:
  std::array<Colour, kSize * kSize> pixels_{};
};

void paint_distractors(Rng& rng, std::uint64_t count, Painting& painting) {
  for (; count > 0; --count) {
    const Mask mask = draw_distractor(rng);
    const Colour colour = random_colour(rng);
    painting.paint(mask, [&](int, int) { return colour; });
  }
}

void draw_shape(Rng rng, std::int32_t label, std::span<std::uint8_t> image) {
  const Colour ground = random_colour(rng);
  const Texture back(rng, ground, 0.15);
  const Texture front(rng, contrasting_colour(rng, ground), 0.15);
  Painting painting;
  for (int y = 0; y < kSize; ++y) {
    for (int x = 0; x < kSize; ++x) painting.at(x, y) = back.at(x, y);
  }
  paint_distractors(rng, 1 + rng.below(4), painting);
  painting.paint(draw_shape_mask(rng, label), [&](int x, int y) { return front.at(x, y); });
  paint_distractors(rng, rng.below(2), painting);

  const Point light{uniform(rng, -0.3, 0.3), uniform(rng, -0.3, 0.3)};
  const float exposure = uniform(rng, 0.7, 1.1), noise = uniform(rng, 0.01, 0.06);
  std::size_t i = 0;
  for (int y = 0; y < kSize; ++y) {
    for (int x = 0; x < kSize; ++x) {
      const float brightness = exposure + light.x * (static_cast<float>(x) / kSize - 0.5f) +
                               light.y * (static_cast<float>(y) / kSize - 0.5f);
      for (const float component : painting.at(x, y)) {
        const float value = brightness * component + noise * grain(rng);
        image[i++] = static_cast<std::uint8_t>(std::clamp(value, 0.0f, 1.0f) * 255 + 0.5f);
      }
    }
  }
}

}  // namespace

DatasetSplits make_shapes(std::uint64_t seed, std::int64_t train_count, std::int64_t test_count) {
  SyntheticSet shapes{"shapes", kSize, kSize, 3, {}, draw_shape};
  for (const ShapeClass& shape : shape_classes()) shapes.classes.emplace_back(shape.name);
  return generate(shapes, seed, train_count, test_count);
}

}  // namespace keel
