#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

#include <keel/data/synthetic.h>
#include <keel/data/synthetic/generate.h>
#include <keel/data/synthetic/noise.h>
#include <keel/data/synthetic/raster.h>

namespace keel {
namespace {

using namespace synthetic;

constexpr int kSize = 28;

enum class Pen { kStraight, kCurved };

struct Stroke {
  Pen pen;
  Polyline points;  // in a unit square, y down
};

using Glyph = std::vector<Stroke>;

// The ways of writing each digit.
const std::array<std::vector<Glyph>, 10>& glyphs() {
  using enum Pen;
  // clang-format off
  static const std::array<std::vector<Glyph>, 10> table = {{
      // 0: round; begun and ended apart
      {{{kCurved,
         {{.5f, 0}, {.26f, .16f}, {.18f, .5f}, {.26f, .84f}, {.5f, 1},
          {.74f, .84f}, {.82f, .5f}, {.74f, .16f}, {.5f, 0}}}},
       {{kCurved,
         {{.6f, .02f}, {.32f, .1f}, {.2f, .5f}, {.3f, .88f}, {.52f, 1},
          {.74f, .84f}, {.8f, .45f}, {.7f, .12f}, {.46f, .06f}}}}},
      // 1: a bar; with a flag; with a flag and a foot
      {{{kStraight, {{.5f, 0}, {.5f, 1}}}},
       {{kStraight, {{.3f, .24f}, {.55f, 0}, {.55f, 1}}}},
       {{kStraight, {{.32f, .2f}, {.52f, 0}, {.52f, 1}}},
        {kStraight, {{.28f, 1}, {.76f, 1}}}}},
      // 2: with a straight foot; with a loop
      {{{kCurved,
         {{.2f, .25f}, {.32f, .06f}, {.55f, 0}, {.76f, .15f}, {.74f, .38f}, {.5f, .68f}, {.2f, 1}}},
        {kStraight, {{.2f, 1}, {.82f, 1}}}},
       {{kCurved,
         {{.2f, .22f}, {.4f, .02f}, {.68f, .08f}, {.74f, .32f}, {.54f, .66f}, {.3f, .95f},
          {.19f, .88f}, {.34f, .79f}, {.6f, .94f}, {.84f, .92f}}}}},
      // 3: round; with a flat top
      {{{kCurved, {{.2f, .14f}, {.48f, 0}, {.74f, .13f}, {.7f, .36f}, {.42f, .47f}}},
        {kCurved, {{.42f, .47f}, {.74f, .56f}, {.8f, .8f}, {.52f, 1}, {.18f, .88f}}}},
       {{kStraight, {{.22f, .02f}, {.76f, .02f}, {.46f, .4f}}},
        {kCurved, {{.46f, .4f}, {.74f, .5f}, {.8f, .76f}, {.54f, 1}, {.18f, .9f}}}}},
      // 4: open; closed
      {{{kStraight, {{.28f, 0}, {.2f, .56f}, {.84f, .56f}}},
        {kStraight, {{.66f, .22f}, {.64f, 1}}}},
       {{kStraight, {{.64f, 1}, {.64f, 0}, {.14f, .68f}, {.86f, .68f}}}}},
      // 5: angular; in one sweep
      {{{kStraight, {{.78f, .02f}, {.3f, .02f}, {.26f, .44f}}},
        {kCurved, {{.26f, .44f}, {.52f, .36f}, {.78f, .52f}, {.78f, .82f}, {.5f, 1}, {.18f, .9f}}}},
       {{kCurved,
         {{.8f, 0}, {.52f, .04f}, {.34f, .1f}, {.3f, .38f}, {.56f, .44f}, {.78f, .64f},
          {.66f, .92f}, {.4f, 1}, {.18f, .92f}}}}},
      // 6: round; with a straight stem
      {{{kCurved,
         {{.7f, .04f}, {.42f, .16f}, {.22f, .52f}, {.26f, .86f}, {.52f, 1}, {.76f, .86f},
          {.75f, .62f}, {.52f, .5f}, {.28f, .64f}}}},
       {{kCurved,
         {{.56f, 0}, {.38f, .3f}, {.24f, .66f}, {.32f, .94f}, {.58f, .99f}, {.76f, .8f},
          {.66f, .6f}, {.44f, .58f}, {.26f, .76f}}}}},
      // 7: plain; with a bar; with a serif and a curved stem
      {{{kStraight, {{.18f, .03f}, {.8f, .03f}, {.42f, 1}}}},
       {{kStraight, {{.18f, .03f}, {.8f, .03f}, {.46f, 1}}},
        {kStraight, {{.34f, .5f}, {.8f, .5f}}}},
       {{kStraight, {{.18f, .2f}, {.2f, .03f}, {.8f, .03f}}},
        {kCurved, {{.8f, .03f}, {.58f, .42f}, {.46f, .72f}, {.44f, 1}}}}},
      // 8: two loops; one crossing stroke
      {{{kCurved,
         {{.5f, 0}, {.29f, .09f}, {.28f, .34f}, {.5f, .46f}, {.72f, .34f}, {.71f, .09f},
          {.5f, 0}}},
        {kCurved,
         {{.5f, .46f}, {.23f, .6f}, {.22f, .88f}, {.5f, 1}, {.78f, .88f}, {.77f, .6f},
          {.5f, .46f}}}},
       {{kCurved,
         {{.74f, .16f}, {.52f, 0}, {.28f, .14f}, {.36f, .38f}, {.64f, .58f}, {.76f, .82f},
          {.5f, 1}, {.24f, .82f}, {.36f, .58f}, {.64f, .38f}, {.74f, .16f}}}}},
      // 9: with a straight stem; with a round tail
      {{{kCurved,
         {{.72f, .26f}, {.54f, .02f}, {.27f, .13f}, {.25f, .39f}, {.48f, .52f}, {.69f, .42f},
          {.72f, .26f}}},
        {kStraight, {{.73f, .16f}, {.66f, 1}}}},
       {{kCurved,
         {{.74f, .26f}, {.54f, .02f}, {.28f, .13f}, {.26f, .38f}, {.48f, .5f}, {.72f, .36f},
          {.74f, .26f}}},
        {kCurved, {{.74f, .26f}, {.76f, .58f}, {.64f, .9f}, {.42f, 1}, {.22f, .9f}}}}},
  }};
  // clang-format on
  return table;
}

// A writer's hand: from the unit square of a glyph to pixels, by an affine map followed by an
// elastic displacement.
class Hand {
 public:
  explicit Hand(Rng& rng) : sway_x_(rng, 3), sway_y_(rng, 3) {
    const float angle = uniform(rng, -0.28, 0.28);
    const float slant = uniform(rng, -0.3, 0.3);
    const float height = uniform(rng, 14, 21), width = height * uniform(rng, 0.75, 1.15);
    const float c = std::cos(angle), s = std::sin(angle);
    xx_ = width * c;
    xy_ = -height * (slant * c + s);
    yx_ = width * s;
    yy_ = height * (c - slant * s);
    centre_ = {kSize / 2.0f + uniform(rng, -2.5, 2.5), kSize / 2.0f + uniform(rng, -2.5, 2.5)};
    sway_ = uniform(rng, 0.5, 2.4);
  }

  Point operator()(Point p) const {
    const float x = p.x - 0.5f, y = p.y - 0.5f;
    return {centre_.x + xx_ * x + xy_ * y + sway_ * sway_x_(p.x, p.y),
            centre_.y + yx_ * x + yy_ * y + sway_ * sway_y_(p.x, p.y)};
  }

 private:
  ValueNoise sway_x_, sway_y_;
  float xx_, xy_, yx_, yy_, sway_;
  Point centre_;
};

Polyline pen_path(const Stroke& stroke) {
  if (stroke.pen == Pen::kCurved) return smooth_curve(stroke.points, 5);
  // Straight lines are cut into pieces too, so that the elastic deformation can bend them.
  Polyline line;
  for (std::size_t i = 0; i + 1 < stroke.points.size(); ++i) {
    const Point from = stroke.points[i], to = stroke.points[i + 1];
    for (const float t : {0.0f, 0.25f, 0.5f, 0.75f}) {
      line.push_back({from.x + t * (to.x - from.x), from.y + t * (to.y - from.y)});
    }
  }
  line.push_back(stroke.points.back());
  return line;
}

Mask draw_glyph(Rng& rng, std::int32_t digit) {
  const auto& styles = glyphs()[static_cast<std::size_t>(digit)];
  const Glyph& glyph = styles[rng.below(styles.size())];
  const Hand hand(rng);
  const float radius = uniform(rng, 0.6, 1.6);
  Mask ink(kSize, kSize);
  for (const Stroke& stroke : glyph) {
    Polyline line = pen_path(stroke);
    std::transform(line.begin(), line.end(), line.begin(), hand);
    ink.stroke(line, radius);
  }
  return ink;
}

// Scraps of other writing: up to two short strokes anywhere.
Mask draw_clutter(Rng& rng) {
  Mask scraps(kSize, kSize);
  for (std::uint64_t remaining = rng.below(3); remaining > 0; --remaining) {
    const Point from{uniform(rng, 0, kSize), uniform(rng, 0, kSize)};
    const Point to{from.x + uniform(rng, -7, 7), from.y + uniform(rng, -7, 7)};
    scraps.stroke({from, to}, uniform(rng, 0.4, 1.0));
  }
  return scraps;
}

void draw_digit(Rng rng, std::int32_t digit, std::span<std::uint8_t> image) {
  Mask ink = draw_glyph(rng, digit);
  ink.blur(uniform(rng, 0, 1));
  const Mask clutter = draw_clutter(rng);
  const float brightness = uniform(rng, 0.5, 1.0), clutter_brightness = uniform(rng, 0.1, 0.5);
  const float noise = uniform(rng, 0.0, 0.13);
  for (int y = 0; y < kSize; ++y) {
    for (int x = 0; x < kSize; ++x) {
      const float value =
          std::max(brightness * ink.at(x, y), clutter_brightness * clutter.at(x, y)) +
          noise * grain(rng);
      image[static_cast<std::size_t>(y * kSize + x)] =
          static_cast<std::uint8_t>(std::clamp(value, 0.0f, 1.0f) * 255 + 0.5f);
    }
  }
}

}  // namespace

DatasetSplits make_digits(std::uint64_t seed, std::int64_t train_count, std::int64_t test_count) {
  const SyntheticSet digits{
      "digits", kSize, kSize, 1, {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}, draw_digit};
  return generate(digits, seed, train_count, test_count);
}

}  // namespace keel
