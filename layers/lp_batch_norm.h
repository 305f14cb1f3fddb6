#pragma once

#include <keel/layers/folding.h>
#include <keel/layers/norm_options.h>
#include <keel/layers/running_statistics.h>

namespace keel {

/// What a channel's centred values are divided by.
enum class LpSize {
  kL1,   ///< mean |d| + eps
  kL2,   ///< sqrt(mean d^2 + eps)
  kLinf  ///< max |d| + eps
};

/// Batch normalisation with another measure of size (Santurkar et al., "How Does Batch
/// Normalization Help Optimization?", NeurIPS 2018): per channel, over all samples and pixels,
///   y = gamma (x - mean) / size + beta,   d = x - mean.
/// Training uses the batch's mean and size and updates running_mean and running_size, which
/// evaluation uses. Shape: x [N, H, W, C] or [N, C]. Throws Error for a batch of one value per
/// channel.
class LpBatchNorm : public Module, public Foldable {
 public:
  LpBatchNorm(LpSize size, std::int64_t channels, const NormOptions& options = {});

  Tensor forward(const Tensor& x, const Mode& mode) override;
  void visit(StateVisitor& visitor) override;
  std::string describe() const override;
  ChannelMap evaluation_map() const override;

 private:
  LpSize size_;
  std::int64_t channels_;
  double eps_;
  ChannelAffine affine_;
  RunningStatistics running_;
};

/// "l1", "l2" and "linf" of norm_table().
NormEntry lp_batch_norm_entry(LpSize size);

}  // namespace keel
