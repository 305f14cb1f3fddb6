#pragma once
// Normalisations that can be folded into the layer in front of them.

#include <keel/core/tensor.h>

namespace keel {

class ChannelAffine;
class RunningStatistics;

/// y = scale x + shift, per channel. Shape: [C], float64.
struct ChannelMap {
  Tensor scale, shift;
};

/// A normalisation that evaluates as such a map, its statistics being constants by then.
class Foldable {
 public:
  virtual ~Foldable() = default;
  /// Throws Error where evaluation depends on x after all.
  virtual ChannelMap evaluation_map() const = 0;
};

/// gamma (x - mean) / deviation + beta as a map; undefined mean, gamma and beta are 0, 1 and 0.
ChannelMap channel_map(const Tensor& mean, const Tensor& deviation, const Tensor& gamma,
                       const Tensor& beta);
/// gamma (x - running_mean) / sqrt(running_var + eps) + beta as a map: batch norm in evaluation.
ChannelMap channel_map(const RunningStatistics& running, double eps, const ChannelAffine& affine);

}  // namespace keel
