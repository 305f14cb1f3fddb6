#pragma once

#include <keel/layers/folding.h>
#include <keel/layers/norm_options.h>
#include <keel/layers/running_statistics.h>

namespace keel {

/// Ghost batch normalisation (Hoffer, Hubara & Soudry, "Train longer, generalize better", NeurIPS
/// 2017): batch norm of each sub-batch of `size` samples with its own mean and variance, gamma and
/// beta shared. The running statistics, which evaluation uses, take in the mean over the
/// sub-batches. What is left over makes a last, shorter one.
/// Shape: x [N, H, W, C] or [N, C]. Throws Error where a sub-batch has one value per channel.
class GhostBatchNorm : public Module, public Foldable {
 public:
  GhostBatchNorm(std::int64_t size, std::int64_t channels, const NormOptions& options = {});

  Tensor forward(const Tensor& x, const Mode& mode) override;
  void visit(StateVisitor& visitor) override;
  std::string describe() const override;
  ChannelMap evaluation_map() const override;

 private:
  std::int64_t size_, channels_;
  double eps_;
  ChannelAffine affine_;
  RunningStatistics running_;
};

/// "ghost" of norm_table().
NormEntry ghost_batch_norm_entry();

}  // namespace keel
