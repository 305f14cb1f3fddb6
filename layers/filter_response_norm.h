#pragma once

#include <keel/layers/norm_options.h>

namespace keel {

/// Filter response normalisation (Singh & Krishnan, CVPR 2020): per sample and channel, over its
/// pixels,
///   y = gamma x / sqrt(mean(x^2) + eps) + beta.
/// Where planes have one pixel, eps decides: with `learns_eps` it is eps + |e|, e learnt per layer,
/// 1e-4 at first. To be followed by Tlu. Shape: x [N, H, W, C] or [N, C].
class FilterResponseNorm : public Module {
 public:
  explicit FilterResponseNorm(std::int64_t channels, double eps = 1e-6, bool learns_eps = false);

  Tensor forward(const Tensor& x, const Mode& mode) override;
  void visit(StateVisitor& visitor) override;
  std::string describe() const override;

 private:
  std::int64_t channels_;
  double eps_;
  ChannelAffine affine_;
  Tensor learnt_eps_;  // [1]; undefined: not learnt
};

/// Thresholded linear unit of the same paper: y = max(x, tau), tau learnt per channel, 0 at first.
/// Shape: x [N, ..., C].
class Tlu : public Module {
 public:
  explicit Tlu(std::int64_t channels) : tau_(Tensor::zeros({channels}).set_requires_grad()) {}

  Tensor forward(const Tensor& x, const Mode& mode) override;
  void visit(StateVisitor& visitor) override;
  std::string describe() const override;

 private:
  Tensor tau_;
};

/// "frn" of norm_table().
NormEntry filter_response_norm_entry();

}  // namespace keel
