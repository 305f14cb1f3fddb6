#pragma once
// Random floats, and smooth random fields for textures and elastic deformations.

#include <vector>

#include <keel/core/random.h>

namespace keel::synthetic {

/// Value noise: random values in [-1, 1) at the corners of cells x cells squares over the unit
/// square, blended smoothly between.
class ValueNoise {
 public:
  ValueNoise(Rng& rng, int cells);

  /// The field at (u, v); what lies outside of the unit square takes the value at its edge.
  float operator()(float u, float v) const;

 private:
  int cells_;
  std::vector<float> corners_;
};

/// Uniform in [low, high].
float uniform(Rng& rng, double low, double high);

/// A value close to N(0, 1), within +-3.5: the sum of the four bytes of one random word. Far
/// cheaper than Rng::normal and good enough for the grain of an image.
float grain(Rng& rng);

}  // namespace keel::synthetic
