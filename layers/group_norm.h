#pragma once
// Group normalisation: its statistics belong to one sample, so that it does the same in training
// and evaluation.

#include <keel/layers/fuses_epilogue.h>
#include <keel/layers/norm_options.h>

namespace keel {

/// Group normalisation (Wu & He, ECCV 2018): per sample and group of C / groups contiguous
/// channels,
///   y = gamma (x - mean) / sqrt(var + eps) + beta, gamma and beta per channel.
/// Shape: x [N, H, W, C] or [N, C]. Throws Error unless the groups divide the channels, and where
/// one has a single value.
class GroupNorm : public FusesEpilogue {
 public:
  GroupNorm(std::int64_t groups, std::int64_t channels, const NormOptions& options = {});

  Tensor forward_with(const Tensor& x, const Mode& mode, const Epilogue& epilogue) override;
  bool takes_pool(const Tensor& x, const Pool2dOptions& pool) const override;
  void visit(StateVisitor& visitor) override;
  std::string describe() const override;

 private:
  std::int64_t groups_, channels_;
  double eps_;
  ChannelAffine affine_;
};

/// "group" of norm_table().
NormEntry group_norm_entry();

}  // namespace keel
