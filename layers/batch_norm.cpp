#include <keel/core/ops/normalize.h>
#include <keel/layers/batch_norm.h>

namespace keel {

BatchNorm::BatchNorm(std::int64_t channels, const NormOptions& options)
    : channels_(channels), options_(options) {
  if (options.affine) {
    weight_ = Tensor::ones({channels}).set_requires_grad();
    bias_ = Tensor::zeros({channels}).set_requires_grad();
  }
  if (options.track_running_stats.value_or(true)) running_.emplace(channels, options.momentum);
}

Tensor BatchNorm::forward(const Tensor& x, const Mode& mode) {
  check(x.rank() >= 2 && x.size(-1) == channels_, "{}: got x {}", describe(), x.shape());
  if (running_ && (frozen_ || !mode.training)) {
    return normalize_with(x, running_->mean(), running_->var(), weight_, bias_, options_.eps);
  }
  check(x.numel() != channels_,
        "BatchNorm: x {} has one value per channel, which has no variance: train with larger "
        "batches, or drop the last, shorter one (--drop-last)",
        x.shape());
  const Normalized result = normalize(x, weight_, bias_, {}, options_.eps);
  if (running_ && mode.training) running_->update(result.mean, result.var, result.count);
  return result.y;
}

void BatchNorm::visit(StateVisitor& visitor) {
  visitor.state("weight", weight_, StateKind::kNormWeight);
  visitor.state("bias", bias_, StateKind::kNormBias);
  if (running_) running_->visit(visitor);
}

std::string BatchNorm::describe() const {
  std::string text = fmt::format("BatchNorm({}", channels_);
  if (!options_.momentum) text += ", cumulative";
  if (!options_.affine) text += ", not affine";
  if (!running_) text += ", untracked";
  return text + (frozen_ ? ", frozen)" : ")");
}

}  // namespace keel
