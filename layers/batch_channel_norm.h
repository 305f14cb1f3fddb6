#pragma once

#include <keel/layers/group_norm.h>
#include <keel/layers/running_statistics.h>

namespace keel {

/// Batch norm with estimated statistics, in training too:
///   y = gamma (x - running_mean) / sqrt(running_var + eps) + beta.
/// Training first moves the estimates, running <- (1 - m) running + m new, by the batch's mean and
/// by its mean square distance from the estimated mean; no gradient flows through them.
/// Shape: x [N, H, W, C] or [N, C].
class EstimatedBatchNorm : public Module {
 public:
  explicit EstimatedBatchNorm(std::int64_t channels, const NormOptions& options = {});

  Tensor forward(const Tensor& x, const Mode& mode) override;
  void visit(StateVisitor& visitor) override;
  std::string describe() const override;

 private:
  std::int64_t channels_;
  double eps_;
  ChannelAffine affine_;
  RunningStatistics running_;
};

/// Batch-channel normalisation for small batches: estimated batch norm, then group norm.
/// Qiao et al., "Micro-Batch Training with Batch-Channel Normalization and Weight Standardization",
/// 2019.
/// Shape: x [N, H, W, C] or [N, C]. Throws Error where a group has one value.
class BatchChannelNorm : public Module {
 public:
  BatchChannelNorm(std::int64_t groups, std::int64_t channels, const NormOptions& options = {});

  Tensor forward(const Tensor& x, const Mode& mode) override;
  void visit(StateVisitor& visitor) override;
  std::string describe() const override;

 private:
  EstimatedBatchNorm batch_;
  GroupNorm group_;
};

/// "bcn" of norm_table().
NormEntry batch_channel_norm_entry();

}  // namespace keel
