#include <keel/core/ops/elementwise.h>
#include <keel/core/ops/moments.h>
#include <keel/layers/partial_batch_norm.h>

namespace keel {

MeanOnlyBatchNorm::MeanOnlyBatchNorm(std::int64_t channels, std::optional<double> momentum)
    : channels_(channels),
      bias_(Tensor::zeros({channels}).set_requires_grad()),
      running_(channels, momentum, {{"running_mean", 0}}) {}

Tensor MeanOnlyBatchNorm::forward(const Tensor& x, const Mode& mode) {
  check_channels(*this, x, channels_);
  const Tensor one = Tensor::ones({channels_}, DType::kFloat64),
               bias = cast(bias_, DType::kFloat64);
  if (!mode.uses_batch()) return affine(x, running_[0].to(DType::kFloat64), one, bias);
  check_has_variance(*this, x);
  const Tensor center = moments(x, {}).mean;
  running_.update({center}, mode);
  return affine(x, center, one, bias);
}

void MeanOnlyBatchNorm::visit(StateVisitor& visitor) {
  visitor.state("bias", bias_, StateKind::kNormBias);
  running_.visit(visitor);
}

std::string MeanOnlyBatchNorm::describe() const {
  return fmt::format("MeanOnlyBatchNorm({})", channels_);
}

ChannelMap MeanOnlyBatchNorm::evaluation_map() const {
  return channel_map(running_[0], Tensor::ones({channels_}), {}, bias_);
}

VarianceOnlyBatchNorm::VarianceOnlyBatchNorm(std::int64_t channels, const NormOptions& options)
    : channels_(channels),
      eps_(options.eps),
      affine_(channels, options.affine),
      running_(channels, options.momentum, {{"running_var", 1}}) {}

Tensor VarianceOnlyBatchNorm::forward(const Tensor& x, const Mode& mode) {
  check_channels(*this, x, channels_);
  if (!mode.uses_batch()) return affine_.apply(x, {}, 1.0 / running_deviation());
  check_has_variance(*this, x);
  const Moments batch = moments(x, {});
  running_.update({unbiased(batch.var, batch.count)}, mode);
  return affine_.apply(x, {}, 1.0 / sqrt(batch.var + eps_));
}

void VarianceOnlyBatchNorm::visit(StateVisitor& visitor) {
  affine_.visit(visitor);
  running_.visit(visitor);
}

std::string VarianceOnlyBatchNorm::describe() const {
  return fmt::format("VarianceOnlyBatchNorm({})", channels_);
}

Tensor VarianceOnlyBatchNorm::running_deviation() const {
  return sqrt(running_[0].to(DType::kFloat64) + eps_);
}

ChannelMap VarianceOnlyBatchNorm::evaluation_map() const {
  return channel_map({}, running_deviation(), affine_.weight(), affine_.bias());
}

NormEntry mean_only_batch_norm_entry() {
  return {
      .about = {.family = "Statistics of the batch",
                .summary = "batch normalisation of the mean alone",
                .equation = "y = x - mean + beta",
                .reduces_over = "N, H, W, per channel",
                .training = "the batch's mean; the running one is updated",
                .evaluation = "the running mean",
                .computed = kByMomentsAndAffine,
                .paper = "Salimans & Kingma, Weight Normalization: A Simple Reparameterization to "
                         "Accelerate Training of Deep Neural Networks, NeurIPS 2016",
                .use = "with weight norm (mean-only+wn), or to see what centring alone does",
                .options = {momentum_option()}},
      .make = [](const NormSite& site, const NormArguments& arguments) {
        return std::make_unique<MeanOnlyBatchNorm>(site.channels, norm_options(arguments).momentum);
      }};
}

NormEntry variance_only_batch_norm_entry() {
  return {.about = {.family = "Statistics of the batch",
                    .summary = "batch normalisation of the variance alone",
                    .equation = "y = gamma x / sqrt(var + eps) + beta",
                    .reduces_over = "N, H, W, per channel",
                    .training =
                        "the batch's biased variance about its mean; the running one is updated",
                    .evaluation = "the running variance",
                    .computed = kByMomentsAndAffine,
                    .paper = "an ablation of Ioffe & Szegedy, ICML 2015",
                    .use = "to see what scaling alone does",
                    .options = {momentum_option(), eps_option(), affine_option()}},
          .make = [](const NormSite& site, const NormArguments& arguments) {
            return std::make_unique<VarianceOnlyBatchNorm>(site.channels, norm_options(arguments));
          }};
}

}  // namespace keel
