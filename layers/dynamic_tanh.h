#pragma once

#include <keel/layers/norm_options.h>

namespace keel {

/// y = gamma tanh(alpha x) + beta, alpha one learnt number per layer, 0.5 at first.
/// Shape: x [N, ..., C].
/// Zhu, Chen, He, LeCun & Liu, "Transformers without Normalization", CVPR 2025.
class DynamicTanh : public Module {
 public:
  explicit DynamicTanh(std::int64_t channels, double alpha = 0.5);

  Tensor forward(const Tensor& x, const Mode& mode) override;
  void visit(StateVisitor& visitor) override;
  std::string describe() const override;

 private:
  std::int64_t channels_;
  Tensor alpha_;  // [1]
  ChannelAffine affine_;
};

/// "dyt" of norm_table().
NormEntry dynamic_tanh_entry();

}  // namespace keel
