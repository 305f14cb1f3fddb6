#include <keel/core/ops/normalize.h>
#include <keel/layers/batch_norm.h>

namespace keel {

BatchNorm::BatchNorm(std::int64_t channels, const NormOptions& options)
    : channels_(channels), options_(options) {
  const double momentum = options.momentum.value_or(0);
  check(momentum >= 0 && momentum <= 1, "BatchNorm: momentum {} is not between 0 and 1", momentum);
  if (options.affine) {
    weight_ = Tensor::ones({channels}).set_requires_grad();
    bias_ = Tensor::zeros({channels}).set_requires_grad();
  }
  if (options.track_running_stats) {
    running_mean_ = Tensor::zeros({channels});
    running_var_ = Tensor::ones({channels});
    num_batches_tracked_ = Tensor::scalar(0, DType::kFloat64);
  }
}

Tensor BatchNorm::forward(const Tensor& x, const Mode& mode) {
  const bool tracked = running_mean_.defined();
  if (tracked && (frozen_ || !mode.training)) {
    return normalize_with(x, running_mean_, running_var_, weight_, bias_, options_.eps);
  }
  check(x.numel() != channels_ || x.size(-1) != channels_,
        "BatchNorm: x {} has one value per channel, which has no variance: train with larger "
        "batches, "
        "or drop the last, shorter one (--drop-last)",
        x.shape());
  const Normalized result = normalize(x, weight_, bias_, {}, options_.eps);
  if (tracked && mode.training) update_running(result.mean, result.var, result.count);
  return result.y;
}

void BatchNorm::update_running(const Tensor& mean, const Tensor& var, std::int64_t count) {
  const double batches = num_batches_tracked_.item() + 1;
  num_batches_tracked_.fill(batches);
  const double momentum = options_.momentum.value_or(1 / batches);
  const double unbiased = static_cast<double>(count) / static_cast<double>(count - 1);
  dispatch(running_mean_.dtype(), [&]<class T>(T) {
    T* means = running_mean_.mutable_data<T>();
    T* vars = running_var_.mutable_data<T>();
    for (std::int64_t c = 0; c < channels_; ++c) {
      const auto blend = [momentum](T old, double value) {
        return static_cast<T>((1 - momentum) * static_cast<double>(old) + momentum * value);
      };
      means[c] = blend(means[c], mean.data<double>()[c]);
      vars[c] = blend(vars[c], var.data<double>()[c] * unbiased);
    }
  });
}

void BatchNorm::visit(StateVisitor& visitor) {
  visitor.state("weight", weight_, StateKind::kNormWeight);
  visitor.state("bias", bias_, StateKind::kNormBias);
  visitor.state("running_mean", running_mean_, StateKind::kBuffer);
  visitor.state("running_var", running_var_, StateKind::kBuffer);
  visitor.state("num_batches_tracked", num_batches_tracked_, StateKind::kCounter);
}

std::string BatchNorm::describe() const {
  std::string text = fmt::format("BatchNorm({}", channels_);
  if (!options_.momentum) text += ", cumulative";
  if (!options_.affine) text += ", not affine";
  if (!options_.track_running_stats) text += ", untracked";
  return text + (frozen_ ? ", frozen)" : ")");
}

}  // namespace keel
