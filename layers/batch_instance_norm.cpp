#include <algorithm>

#include <keel/core/ops/elementwise.h>
#include <keel/core/ops/normalize.h>
#include <keel/layers/batch_instance_norm.h>

namespace keel {

BatchInstanceNorm::BatchInstanceNorm(std::int64_t channels, const NormOptions& options)
    : channels_(channels),
      eps_(options.eps),
      affine_(channels, options.affine),
      rho_(Tensor::ones({channels}).set_requires_grad()),
      running_(channels, options.momentum) {}

Tensor BatchInstanceNorm::forward(const Tensor& x, const Mode& mode) {
  check_images(*this, x, channels_);
  if (mode.training && mode.updates()) {
    // Beyond the bounds clamp() passes no gradient: rho would stay there for good.
    dispatch(rho_.dtype(), [&]<class T>(T) {
      T* values = rho_.mutable_data<T>();
      std::transform(values, values + channels_, values,
                     [](T value) { return std::clamp(value, T(0), T(1)); });
    });
  }
  const Tensor rho = clamp(rho_, 0, 1), gamma = affine_.weight(), beta = affine_.bias();
  const auto share = [&gamma](const Tensor& part) { return gamma.defined() ? gamma * part : part; };
  const Tensor by_instance = normalize(x, share(1 - rho), beta, {.groups = channels_}, eps_).y;
  if (!mode.uses_batch()) {
    return by_instance + normalize_with(x, running_.mean(), running_.var(), share(rho), {}, eps_);
  }
  const Normalized batch = normalize(x, share(rho), {}, {}, eps_);
  running_.update_moments(batch.mean, batch.var, unbiased(batch.var, batch.count), mode);
  return by_instance + batch.y;
}

void BatchInstanceNorm::visit(StateVisitor& visitor) {
  affine_.visit(visitor);
  visitor.state("rho", rho_, StateKind::kNormExtra);
  running_.visit(visitor);
}

std::string BatchInstanceNorm::describe() const {
  return fmt::format("BatchInstanceNorm({})", channels_);
}

NormEntry batch_instance_norm_entry() {
  return {
      .about = {.family = "Mixtures of statistics",
                .summary = "batch-instance normalisation",
                .equation =
                    "y = gamma (rho x_batch + (1 - rho) x_instance) + beta, rho = 1 at first",
                .reduces_over = "N, H, W and H, W, per channel",
                .training =
                    "the statistics of batch and sample; rho, kept in [0, 1], is learnt per "
                    "channel; the running ones of the batch are updated",
                .evaluation = "the sample's own, and the running ones for the batch's",
                .computed = "by `normalize` twice, with rho in gamma, and a sum",
                .paper =
                    "Nam & Kim, Batch-Instance Normalization for Adaptively Style-Invariant Neural "
                    "Networks, NeurIPS 2018",
                .use = "where style varies that the class does not depend on; not at 1x1",
                .options = {momentum_option(), eps_option(), affine_option()}},
      .make =
          [](const NormSite& site, const NormArguments& arguments) {
            return std::make_unique<BatchInstanceNorm>(site.channels, norm_options(arguments));
          },
      .needs_pixels = true};
}

}  // namespace keel
