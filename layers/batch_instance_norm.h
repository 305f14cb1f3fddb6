#pragma once

#include <keel/layers/norm_options.h>
#include <keel/layers/running_statistics.h>

namespace keel {

/// Batch-instance normalisation (Nam & Kim, NeurIPS 2018):
///   y = gamma (rho x_batch + (1 - rho) x_instance) + beta,
/// x normalised as by batch norm and as by instance norm, rho in [0, 1] learnt per channel, 1 at
/// first. A rho that the optimiser moved out of [0, 1] is put back at the next training pass.
/// Evaluation takes running_mean and running_var for the batch's.
/// Shape: x [N, H, W, C]. Throws Error for planes of one pixel.
class BatchInstanceNorm : public Module {
 public:
  explicit BatchInstanceNorm(std::int64_t channels, const NormOptions& options = {});

  Tensor forward(const Tensor& x, const Mode& mode) override;
  void visit(StateVisitor& visitor) override;
  std::string describe() const override;

 private:
  std::int64_t channels_;
  double eps_;
  ChannelAffine affine_;
  Tensor rho_;
  RunningStatistics running_;
};

/// "batch-instance" of norm_table().
NormEntry batch_instance_norm_entry();

}  // namespace keel
