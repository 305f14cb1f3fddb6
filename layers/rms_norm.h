#pragma once

#include <keel/layers/norm_options.h>

namespace keel {

/// Root-mean-square normalisation (Zhang & Sennrich, NeurIPS 2019):
///   y = gamma x / sqrt(mean(x^2) + eps),
/// the mean over a sample or over the channels of each pixel.
/// Shape: x [N, H, W, C] or [N, C].
class RmsNorm : public Module {
 public:
  explicit RmsNorm(std::int64_t channels, bool per_pixel = false, double eps = 1e-5);

  Tensor forward(const Tensor& x, const Mode& mode) override;
  void visit(StateVisitor& visitor) override;
  std::string describe() const override;

 private:
  std::int64_t channels_;
  bool per_pixel_;
  double eps_;
  Tensor weight_;
};

/// "rms" of norm_table().
NormEntry rms_norm_entry();

}  // namespace keel
