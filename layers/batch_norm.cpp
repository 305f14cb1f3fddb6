#include <keel/core/ops/elementwise.h>
#include <keel/core/ops/normalize.h>
#include <keel/layers/batch_norm.h>

namespace keel {

BatchNorm::BatchNorm(std::int64_t channels, const NormOptions& options)
    : channels_(channels), options_(options), affine_(channels, options.affine) {
  if (options.track_running_stats.value_or(true)) running_.emplace(channels, options.momentum);
}

Tensor BatchNorm::forward_with(const Tensor& x, const Mode& mode, const Epilogue& epilogue) {
  check_channels(*this, x, channels_);
  if (running_ && (frozen_ || !mode.uses_batch())) {
    return normalize_with(x, running_->mean(), running_->var(), affine_.weight(), affine_.bias(),
                          options_.eps, epilogue);
  }
  check_has_variance(*this, x);
  const Normalized result = normalize(x, affine_.weight(), affine_.bias(), {}, options_.eps,
                                      EpsPlacement::kInsideRoot, epilogue);
  if (running_) {
    running_->update_moments(result.mean, result.var, unbiased(result.var, result.count), mode);
  }
  return result.y;
}

bool BatchNorm::takes_pool(const Tensor& x, const Pool2dOptions& pool) const {
  return normalize_takes_pool(x, pool);
}

void BatchNorm::visit(StateVisitor& visitor) {
  affine_.visit(visitor);
  if (running_) running_->visit(visitor);
}

std::string BatchNorm::describe() const {
  std::string text = fmt::format("BatchNorm({}", channels_);
  if (!options_.momentum) text += ", cumulative";
  if (!options_.affine) text += ", not affine";
  if (!running_) text += ", untracked";
  return text + (frozen_ ? ", frozen)" : ")");
}

ChannelMap BatchNorm::evaluation_map() const {
  check(running_.has_value(), "{}: evaluates with the statistics of each batch", describe());
  return channel_map(*running_, options_.eps, affine_);
}

NormEntry batch_norm_entry() {
  const NormOption statistics = {
      .name = "statistics",
      .standard = "tracked",
      .help =
          "frozen: training, too, uses the running ones and leaves them alone; untracked: "
          "evaluation, too, uses the batch's, and so depends on how large that is; precise: the "
          "running ones are averaged anew over up "
          "to 10,000 training images, in batches of the run's size, before each evaluation (Wu & "
          "Johnson, Rethinking 'Batch' in BatchNorm, 2021): mean and variance of all these "
          "batches together",
      .words = {"tracked", "frozen", "untracked", "precise"}};
  return {
      .about = {.family = "Statistics of the batch",
                .summary = "batch normalisation",
                .equation = "y = gamma (x - mean) / sqrt(var + eps) + beta",
                .reduces_over = "N, H, W, per channel",
                .training =
                    "the batch's mean and biased variance, through which the gradient flows; the "
                    "running ones are updated, the variance with n / (n - 1)",
                .evaluation = "the running mean and variance",
                .computed = kByNormalize,
                .paper =
                    "Ioffe & Szegedy, Batch Normalization: Accelerating Deep Network Training by "
                    "Reducing Internal Covariate Shift, ICML 2015",
                .use = "the first choice for images in batches of 16 and more",
                .options = {statistics, momentum_option(), eps_option(), affine_option()}},
      .make = [](const NormSite& site, const NormArguments& arguments) {
        NormOptions options = norm_options(arguments);
        options.track_running_stats = !arguments.is("statistics", "untracked");
        auto norm = std::make_unique<BatchNorm>(site.channels, options);
        norm->freeze_statistics(arguments.is("statistics", "frozen"));
        return norm;
      }};
}

}  // namespace keel
