#pragma once
// Normalisation and activation in one, found by search: Liu, Brock, Simonyan & Le, "Evolving
// Normalization-Activation Layers", NeurIPS 2020.

#include <keel/layers/norm_options.h>
#include <keel/layers/running_statistics.h>

namespace keel {

/// EvoNorm-B0: y = gamma x / max(sqrt(var_batch + eps), v x + sqrt(var_instance + eps)) + beta, the
/// variances biased, over N, H, W and over H, W; v learnt per channel, 1 at first. Evaluation takes
/// running_var (unbiased) for the batch's.
/// Shape: x [N, H, W, C] or [N, C] (whose instance variance is 0).
/// Throws Error for a batch of one value per channel.
class EvoNormB0 : public Module {
 public:
  explicit EvoNormB0(std::int64_t channels, const NormOptions& options = {});

  Tensor forward(const Tensor& x, const Mode& mode) override;
  void visit(StateVisitor& visitor) override;
  std::string describe() const override;

 private:
  std::int64_t channels_;
  double eps_;
  ChannelAffine affine_;
  Tensor v_;
  RunningStatistics running_;
};

/// EvoNorm-S0: y = gamma x sigmoid(v x) / sqrt(var_group + eps) + beta, the biased variance of each
/// sample's group of C / groups contiguous channels; v learnt per channel, 1 at first.
/// Shape: x [N, H, W, C] or [N, C]. Throws Error unless the groups divide the channels, and where
/// one has a single value.
class EvoNormS0 : public Module {
 public:
  EvoNormS0(std::int64_t groups, std::int64_t channels, const NormOptions& options = {});

  Tensor forward(const Tensor& x, const Mode& mode) override;
  void visit(StateVisitor& visitor) override;
  std::string describe() const override;

 private:
  std::int64_t groups_, channels_;
  double eps_;
  ChannelAffine affine_;
  Tensor v_;
};

/// y = gamma x + beta: what is left of an EvoNorm where no activation follows.
class AffineLayer : public Module {
 public:
  explicit AffineLayer(std::int64_t channels) : channels_(channels), affine_(channels) {}

  Tensor forward(const Tensor& x, const Mode&) override { return affine_.apply(x); }
  void visit(StateVisitor& visitor) override { affine_.visit(visitor); }
  std::string describe() const override { return fmt::format("Affine({})", channels_); }

 private:
  std::int64_t channels_;
  ChannelAffine affine_;
};

/// "evonorm-b0" and "evonorm-s0" of norm_table().
NormEntry evo_norm_b0_entry();
NormEntry evo_norm_s0_entry();

}  // namespace keel
