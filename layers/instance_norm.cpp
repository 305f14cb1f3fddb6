#include <keel/core/ops/normalize.h>
#include <keel/layers/instance_norm.h>

namespace keel {

InstanceNorm::InstanceNorm(std::int64_t channels, const NormOptions& options)
    : channels_(channels), eps_(options.eps), affine_(channels, options.affine) {
  if (options.track_running_stats.value_or(false)) running_.emplace(channels, options.momentum);
}

Tensor InstanceNorm::forward_with(const Tensor& x, const Mode& mode, const Epilogue& epilogue) {
  check_images(*this, x, channels_);
  if (running_ && !mode.uses_batch()) {
    return normalize_with(x, running_->mean(), running_->var(), affine_.weight(), affine_.bias(),
                          eps_, epilogue);
  }
  const Normalized result = normalize(x, affine_.weight(), affine_.bias(), {.groups = channels_},
                                      eps_, EpsPlacement::kInsideRoot, epilogue);
  if (running_) running_->update({result.mean, unbiased(result.var, result.count)}, mode);
  return result.y;
}

bool InstanceNorm::takes_pool(const Tensor& x, const Pool2dOptions& pool) const {
  return normalize_takes_pool(x, pool);
}

void InstanceNorm::visit(StateVisitor& visitor) {
  affine_.visit(visitor);
  if (running_) running_->visit(visitor);
}

std::string InstanceNorm::describe() const {
  return fmt::format("InstanceNorm({}{})", channels_, running_ ? ", tracked" : "");
}

ChannelMap InstanceNorm::evaluation_map() const {
  check(running_.has_value(), "{}: evaluates with the statistics of each image", describe());
  return channel_map(*running_, eps_, affine_);
}

NormEntry instance_norm_entry() {
  const NormOption statistics = {.name = "statistics",
                                 .standard = "untracked",
                                 .help = "tracked: evaluation normalises with running ones",
                                 .words = {"untracked", "tracked"}};
  return {
      .about = {.family = "Statistics of one sample",
                .summary = "instance normalisation",
                .equation = "y = gamma (x - mean) / sqrt(var + eps) + beta",
                .reduces_over = "H, W, per sample and channel",
                .training = "the statistics of each plane",
                .evaluation = "the same (statistics=tracked: running ones)",
                .computed = kByNormalize,
                .paper =
                    "Ulyanov, Vedaldi & Lempitsky, Instance Normalization: The Missing Ingredient "
                    "for Fast Stylization, 2016",
                .use =
                    "style transfer and generators, where an image's contrast is to go; not at 1x1",
                .options = {statistics, momentum_option(), eps_option(), affine_option()}},
      .make =
          [](const NormSite& site, const NormArguments& arguments) {
            NormOptions options = norm_options(arguments);
            options.track_running_stats = arguments.is("statistics", "tracked");
            return std::make_unique<InstanceNorm>(site.channels, options);
          },
      .needs_pixels = true};
}

}  // namespace keel
