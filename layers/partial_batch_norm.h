#pragma once
// Halves of batch normalisation, to see what each of them does.

#include <keel/layers/folding.h>
#include <keel/layers/norm_options.h>
#include <keel/layers/running_statistics.h>

namespace keel {

/// Mean-only batch normalisation (Salimans & Kingma, "Weight Normalization", NeurIPS 2016): per
/// channel, over all samples and pixels, y = x - mean + beta. Evaluation uses running_mean.
/// Shape: x [N, H, W, C] or [N, C]. Throws Error for a batch of one value per channel.
class MeanOnlyBatchNorm : public Module, public Foldable {
 public:
  explicit MeanOnlyBatchNorm(std::int64_t channels, std::optional<double> momentum = 0.1);

  Tensor forward(const Tensor& x, const Mode& mode) override;
  void visit(StateVisitor& visitor) override;
  std::string describe() const override;
  ChannelMap evaluation_map() const override;

 private:
  std::int64_t channels_;
  Tensor bias_;
  RunningStatistics running_;
};

/// The other half: y = gamma x / sqrt(var + eps) + beta. Evaluation uses running_var (unbiased).
class VarianceOnlyBatchNorm : public Module, public Foldable {
 public:
  explicit VarianceOnlyBatchNorm(std::int64_t channels, const NormOptions& options = {});

  Tensor forward(const Tensor& x, const Mode& mode) override;
  void visit(StateVisitor& visitor) override;
  std::string describe() const override;
  ChannelMap evaluation_map() const override;

 private:
  Tensor running_deviation() const;

  std::int64_t channels_;
  double eps_;
  ChannelAffine affine_;
  RunningStatistics running_;
};

/// "mean-only" and "variance-only" of norm_table().
NormEntry mean_only_batch_norm_entry();
NormEntry variance_only_batch_norm_entry();

}  // namespace keel
