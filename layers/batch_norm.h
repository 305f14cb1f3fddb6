#pragma once

#include <keel/layers/folding.h>
#include <keel/layers/fuses_epilogue.h>
#include <keel/layers/norm_options.h>
#include <keel/layers/running_statistics.h>

namespace keel {

/// Batch normalisation (Ioffe & Szegedy, ICML 2015): per channel, over all samples and pixels,
///   y = gamma (x - mean) / sqrt(var + eps) + beta.
/// Training normalises with the batch's mean and biased variance and updates
///   running_mean <- (1 - m) running_mean + m mean,
///   running_var  <- (1 - m) running_var  + m var count / (count - 1)   (the unbiased variance);
/// evaluation normalises with the running ones (with the batch's when they are not tracked).
/// Shape: x [N, H, W, C] or [N, C]. Throws Error for a batch of one value per channel.
class BatchNorm : public FusesEpilogue, public Foldable {
 public:
  explicit BatchNorm(std::int64_t channels, const NormOptions& options = {});

  Tensor forward_with(const Tensor& x, const Mode& mode, const Epilogue& epilogue) override;
  bool takes_pool(const Tensor& x, const Pool2dOptions& pool) const override;
  void visit(StateVisitor& visitor) override;
  std::string describe() const override;
  ChannelMap evaluation_map() const override;

  /// Frozen: training, too, normalises with the running statistics and leaves them alone. Gamma and
  /// beta are frozen apart from that, by set_trainable().
  void freeze_statistics(bool frozen) { frozen_ = frozen; }

 private:
  std::int64_t channels_;
  NormOptions options_;
  bool frozen_ = false;
  ChannelAffine affine_;
  std::optional<RunningStatistics> running_;  // empty: not tracked
};

/// "batch" of norm_table().
NormEntry batch_norm_entry();

}  // namespace keel
