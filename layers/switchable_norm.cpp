#include <keel/core/ops/elementwise.h>
#include <keel/core/ops/loss.h>
#include <keel/core/ops/moments.h>
#include <keel/core/ops/reduce.h>
#include <keel/core/ops/shape_ops.h>
#include <keel/layers/switchable_norm.h>

namespace keel {
namespace {

// Float64, [N, C] or what broadcasts to it.
struct Statistics {
  Tensor mean, var;
};

// Those of what the given ones divide evenly: the mean of the variances and the variance of the
// means, which does not cancel as E[x^2] - E[x]^2 does.
Statistics joined(const Statistics& parts, const Axes& axes) {
  return {mean(parts.mean, axes, true),
          mean(parts.var, axes, true) + variance(parts.mean, axes, true, 0)};
}

Tensor mixture(const Tensor& weights, const Tensor& instance, const Tensor& layer,
               const Tensor& batch) {
  const Tensor shares = softmax(cast(weights, DType::kFloat64), 0);
  return instance * slice(shares, 0, 0, 1) + layer * slice(shares, 0, 1, 2) +
         batch * slice(shares, 0, 2, 3);
}

}  // namespace

SwitchableNorm::SwitchableNorm(std::int64_t channels, const NormOptions& options)
    : channels_(channels),
      eps_(options.eps),
      affine_(channels, options.affine),
      mean_weight_(Tensor::ones({3}).set_requires_grad()),
      var_weight_(Tensor::ones({3}).set_requires_grad()),
      running_(channels, options.momentum) {}

Tensor SwitchableNorm::forward(const Tensor& x, const Mode& mode) {
  check_images(*this, x, channels_);
  const Moments planes = moments(x, {.groups = channels_});
  check(planes.count > 1, "{}: x {} has one value per sample and channel, which has no variance",
        describe(), x.shape());
  const Statistics instance{planes.mean, planes.var}, layer = joined(instance, {1});
  Statistics batch{running_.mean().to(DType::kFloat64), running_.var().to(DType::kFloat64)};
  if (mode.uses_batch()) {
    check_has_variance(*this, x);
    batch = joined(instance, {0});
    running_.update_moments(batch.mean, batch.var, unbiased(batch.var, x.numel() / channels_),
                            mode);
  }
  const Tensor center = mixture(mean_weight_, instance.mean, layer.mean, batch.mean);
  const Tensor var = mixture(var_weight_, instance.var, layer.var, batch.var);
  return affine_.apply(x, center, 1.0 / sqrt(var + eps_));
}

void SwitchableNorm::visit(StateVisitor& visitor) {
  affine_.visit(visitor);
  visitor.state("mean_weight", mean_weight_, StateKind::kNormExtra);
  visitor.state("var_weight", var_weight_, StateKind::kNormExtra);
  running_.visit(visitor);
}

std::string SwitchableNorm::describe() const {
  return fmt::format("SwitchableNorm({})", channels_);
}

NormEntry switchable_norm_entry() {
  return {
      .about = {.family = "Mixtures of statistics",
                .summary = "switchable normalisation",
                .equation =
                    "y = gamma (x - mean) / sqrt(var + eps) + beta, mean = w1 mean_in + w2 "
                    "mean_ln + w3 mean_bn, var = v1 var_in + v2 var_ln + v3 var_bn, w and v "
                    "softmaxes of learnt values",
                .reduces_over = "H, W (in); H, W, C (ln); N, H, W (bn)",
                .training =
                    "the three statistics of sample and batch; the running ones of the batch "
                    "are updated",
                .evaluation = "the sample's own, and the running ones for the batch's",
                .computed = fmt::format("{}; all mixing is of one number per sample and channel",
                                        kByMomentsAndAffine),
                .paper = "Luo, Ren, Peng, Zhang & Li, Differentiable Learning-to-Normalize via "
                         "Switchable Normalization, ICLR 2019",
                .use = "where no norm is known to be right for all layers; its weights tell which "
                       "were",
                .options = {momentum_option(), eps_option(), affine_option()}},
      .make =
          [](const NormSite& site, const NormArguments& arguments) {
            return std::make_unique<SwitchableNorm>(site.channels, norm_options(arguments));
          },
      .needs_pixels = true};
}

}  // namespace keel
