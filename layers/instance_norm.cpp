#include <keel/core/ops/normalize.h>
#include <keel/layers/instance_norm.h>

namespace keel {

InstanceNorm::InstanceNorm(std::int64_t channels, const NormOptions& options)
    : channels_(channels), eps_(options.eps) {
  if (options.affine) {
    weight_ = Tensor::ones({channels}).set_requires_grad();
    bias_ = Tensor::zeros({channels}).set_requires_grad();
  }
  if (options.track_running_stats.value_or(false)) running_.emplace(channels, options.momentum);
}

Tensor InstanceNorm::forward(const Tensor& x, const Mode& mode) {
  check(x.rank() == 4 && x.size(-1) == channels_, "{}: got x {}", describe(), x.shape());
  if (running_ && !mode.training) {
    return normalize_with(x, running_->mean(), running_->var(), weight_, bias_, eps_);
  }
  const Normalized result = normalize(x, weight_, bias_, {.groups = channels_}, eps_);
  if (running_ && mode.training) running_->update(result.mean, result.var, result.count);
  return result.y;
}

void InstanceNorm::visit(StateVisitor& visitor) {
  visitor.state("weight", weight_, StateKind::kNormWeight);
  visitor.state("bias", bias_, StateKind::kNormBias);
  if (running_) running_->visit(visitor);
}

std::string InstanceNorm::describe() const {
  return fmt::format("InstanceNorm({}{})", channels_, running_ ? ", tracked" : "");
}

}  // namespace keel
