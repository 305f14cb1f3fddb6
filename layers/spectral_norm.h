#pragma once

#include <keel/layers/weight_rule.h>

namespace keel {

/// w' = w / sigma, sigma the largest singular value of w as a matrix [out, inputs], estimated by
/// power iteration: v = W^T u / |W^T u|, u = W v / |W v|, sigma = u^T W v; u and v are kept between
/// the steps and are constants to the gradient. Training iterates, evaluation uses what there is.
/// Miyato et al., "Spectral Normalization for Generative Adversarial Networks", ICLR 2018.
class SpectralNorm : public WeightRule {
 public:
  /// `iterations` per training step.
  explicit SpectralNorm(const Tensor& weight, std::int64_t iterations = 1);
  Tensor apply(const Tensor& weight, const Mode& mode) override;
  void visit(StateVisitor& visitor) override;
  std::string describe() const override { return "spectral norm"; }

 private:
  void iterate(const Tensor& matrix, std::int64_t times);

  std::int64_t iterations_;
  Tensor u_, v_;  // [out, 1], [inputs, 1]
};

/// "sn" of weight_rule_table().
WeightRuleEntry spectral_norm_entry();

}  // namespace keel
