#include <keel/core/autograd.h>
#include <keel/core/ops/elementwise.h>
#include <keel/core/ops/moments.h>
#include <keel/core/ops/normalize.h>
#include <keel/layers/batch_channel_norm.h>

namespace keel {

EstimatedBatchNorm::EstimatedBatchNorm(std::int64_t channels, const NormOptions& options)
    : channels_(channels),
      eps_(options.eps),
      affine_(channels, options.affine),
      running_(channels, options.momentum) {}

Tensor EstimatedBatchNorm::forward(const Tensor& x, const Mode& mode) {
  check_channels(*this, x, channels_);
  if (mode.updates()) {
    const NoGradGuard no_grad;
    const Moments batch = moments(x, {});
    const Tensor distance = batch.mean - running_.mean().to(DType::kFloat64);
    running_.update_moments(batch.mean, batch.var, batch.var + distance * distance, mode);
  }
  return normalize_with(x, running_.mean(), running_.var(), affine_.weight(), affine_.bias(), eps_);
}

void EstimatedBatchNorm::visit(StateVisitor& visitor) {
  affine_.visit(visitor);
  running_.visit(visitor);
}

std::string EstimatedBatchNorm::describe() const {
  return fmt::format("EstimatedBatchNorm({})", channels_);
}

BatchChannelNorm::BatchChannelNorm(std::int64_t groups, std::int64_t channels,
                                   const NormOptions& options)
    : batch_(channels, options), group_(groups, channels, options) {}

Tensor BatchChannelNorm::forward(const Tensor& x, const Mode& mode) {
  return call(group_, "group", call(batch_, "batch", x, mode), mode);
}

void BatchChannelNorm::visit(StateVisitor& visitor) {
  visitor.child("batch", batch_);
  visitor.child("group", group_);
}

std::string BatchChannelNorm::describe() const {
  return fmt::format("{}, {}", batch_.describe(), group_.describe());
}

NormEntry batch_channel_norm_entry() {
  return {
      .about = {.family = "Mixtures of statistics",
                .summary = "batch-channel normalisation",
                .equation = "y = group(gamma (x - running_mean) / sqrt(running_var + eps) + beta), "
                            "group as in group norm, with gamma and beta of its own",
                .reduces_over = "N, H, W, per channel, over all steps; then H, W and a group of "
                                "channels, per sample",
                .training = "the running statistics, moved by the batch before they are used and "
                            "constants to the gradient; then the sample's own",
                .evaluation = "the running statistics, then the sample's own",
                .computed =
                    "by `normalize` twice, once with given statistics, behind a pass for those",
                .paper = "Qiao, Wang, Liu, Shen & Yuille, Micro-Batch Training with Batch-Channel "
                         "Normalization and Weight Standardization, 2019",
                .use = "batches of 1 to 4, with +ws",
                .options = {groups_option(), momentum_option(), eps_option(), affine_option()}},
      .make = [](const NormSite& site, const NormArguments& arguments) {
        return std::make_unique<BatchChannelNorm>(groups_of(arguments, site), site.channels,
                                                  norm_options(arguments));
      }};
}

}  // namespace keel
