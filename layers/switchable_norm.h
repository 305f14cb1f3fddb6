#pragma once

#include <keel/layers/norm_options.h>
#include <keel/layers/running_statistics.h>

namespace keel {

/// Switchable normalisation (Luo et al., "Differentiable Learning-to-Normalize via Switchable
/// Normalization", ICLR 2019):
///   y = gamma (x - mean) / sqrt(var + eps) + beta,
///   mean = w_in mean_in + w_ln mean_ln + w_bn mean_bn,   var likewise with its own weights,
/// of the statistics of instance, layer and batch norm; both triples of weights are softmaxes of
/// learnt values. Evaluation takes running_mean and running_var (unbiased) for the batch's.
/// Shape: x [N, H, W, C]. Throws Error for planes of one pixel, which have no instance variance,
/// and for a batch of one value per channel.
class SwitchableNorm : public Module {
 public:
  explicit SwitchableNorm(std::int64_t channels, const NormOptions& options = {});

  Tensor forward(const Tensor& x, const Mode& mode) override;
  void visit(StateVisitor& visitor) override;
  std::string describe() const override;

 private:
  std::int64_t channels_;
  double eps_;
  ChannelAffine affine_;
  Tensor mean_weight_, var_weight_;  // [3]: instance, layer, batch
  RunningStatistics running_;
};

/// "switchable" of norm_table().
NormEntry switchable_norm_entry();

}  // namespace keel
