#pragma once

#include <keel/layers/batch_norm.h>

namespace keel {

/// Batch normalisation whose outputs are made unstable on purpose (Santurkar et al., NeurIPS 2018):
/// in training, y = s a + m for each element a of batch norm's output, where per layer and step
///   mu ~ U(-0.5, 0.5), sigma ~ U(1, 1.25),
/// and per element m ~ U(mu - 0.1, mu + 0.1), s ~ N(sigma, 0.1^2).
/// Evaluation is batch norm's. Draws from the mode's stream. Shape: x [N, H, W, C] or [N, C].
class NoisyBatchNorm : public Module, public Foldable {
 public:
  explicit NoisyBatchNorm(std::int64_t channels, const NormOptions& options = {})
      : batch_norm_(channels, options) {}

  Tensor forward(const Tensor& x, const Mode& mode) override;
  void visit(StateVisitor& visitor) override { batch_norm_.visit(visitor); }
  std::string describe() const override { return "Noisy" + batch_norm_.describe(); }
  ChannelMap evaluation_map() const override { return batch_norm_.evaluation_map(); }

 private:
  BatchNorm batch_norm_;
};

/// "noisy" of norm_table().
NormEntry noisy_batch_norm_entry();

}  // namespace keel
