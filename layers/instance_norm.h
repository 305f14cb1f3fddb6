#pragma once

#include <optional>

#include <keel/layers/folding.h>
#include <keel/layers/fuses_epilogue.h>
#include <keel/layers/norm_options.h>
#include <keel/layers/running_statistics.h>

namespace keel {

/// Instance normalisation (Ulyanov et al., 2016): per sample and channel, over its pixels,
///   y = gamma (x - mean) / sqrt(var + eps) + beta, gamma and beta per channel.
/// Evaluation equals training unless running statistics are asked for: these are updated with the
/// mean over the samples, as in PyTorch, and evaluation then normalises with them.
/// Shape: x [N, H, W, C]. Throws Error where a plane has one pixel.
class InstanceNorm : public FusesEpilogue, public Foldable {
 public:
  explicit InstanceNorm(std::int64_t channels, const NormOptions& options = {});

  Tensor forward_with(const Tensor& x, const Mode& mode, const Epilogue& epilogue) override;
  bool takes_pool(const Tensor& x, const Pool2dOptions& pool) const override;
  void visit(StateVisitor& visitor) override;
  std::string describe() const override;
  ChannelMap evaluation_map() const override;

 private:
  std::int64_t channels_;
  double eps_;
  ChannelAffine affine_;
  std::optional<RunningStatistics> running_;  // empty: not tracked
};

/// "instance" of norm_table().
NormEntry instance_norm_entry();

}  // namespace keel
