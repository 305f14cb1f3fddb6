#pragma once

#include <keel/layers/folding.h>
#include <keel/layers/norm_options.h>
#include <keel/layers/running_statistics.h>

namespace keel {

struct BatchRenormOptions {
  double r_max = 3, d_max = 5;
  /// Steps for which r_max is 1 and d_max 0; d_max is open after 5 times, r_max after 8 times as
  /// many, both in proportion to the steps. (The paper has 5,000, for runs of 200,000.)
  std::int64_t warmup = 100;
  NormOptions norm{};
};

/// Batch renormalisation (Ioffe, NeurIPS 2017): per channel, over all samples and pixels,
///   y = gamma ((x - mean) / sd r + d) + beta,   sd = sqrt(var + eps),
///   r = clamp(sd / running_sd, 1 / r_max, r_max),
///   d = clamp((mean - running_mean) / running_sd, +-d_max),
/// no gradient through r and d: training comes to use what evaluation uses. Evaluation is batch
/// norm's. Running statistics are updated afterwards; running_sd = sqrt(running_var + eps) is kept
/// by its square.
/// Shape: x [N, H, W, C] or [N, C]. Throws Error for a batch of one value per channel.
class BatchRenorm : public Module, public Foldable {
 public:
  explicit BatchRenorm(std::int64_t channels, const BatchRenormOptions& options = {});

  Tensor forward(const Tensor& x, const Mode& mode) override;
  void visit(StateVisitor& visitor) override;
  std::string describe() const override;
  ChannelMap evaluation_map() const override;

 private:
  std::int64_t channels_;
  BatchRenormOptions options_;
  ChannelAffine affine_;
  RunningStatistics running_;
};

/// "renorm" of norm_table().
NormEntry batch_renorm_entry();

}  // namespace keel
