#include <keel/core/ops/elementwise.h>
#include <keel/core/ops/normalize.h>
#include <keel/core/ops/reduce.h>
#include <keel/core/ops/shape_ops.h>
#include <keel/layers/lp_batch_norm.h>

namespace keel {
namespace {

// Shape: x [N, C], center [C] -> [C].
Tensor size_of(LpSize size, const Tensor& x, const Tensor& center, double eps) {
  const Tensor distance = abs(x - center);
  return (size == LpSize::kL1 ? mean(distance, {0}) : max(distance, {0})) + eps;
}

const char* name_of(LpSize size) {
  return size == LpSize::kL1 ? "L1" : size == LpSize::kL2 ? "L2" : "Linf";
}

}  // namespace

LpBatchNorm::LpBatchNorm(LpSize size, std::int64_t channels, const NormOptions& options)
    : size_(size),
      channels_(channels),
      eps_(options.eps),
      affine_(channels, options.affine),
      running_(channels, options.momentum, {{"running_mean", 0}, {"running_size", 1}}) {}

Tensor LpBatchNorm::forward(const Tensor& x, const Mode& mode) {
  check_channels(*this, x, channels_);
  constexpr DType kDouble = DType::kFloat64;
  if (!mode.uses_batch()) {
    return affine_.apply(x, running_[0].to(kDouble), 1.0 / running_[1].to(kDouble));
  }
  check_has_variance(*this, x);
  if (size_ == LpSize::kL2) {
    const Normalized batch = normalize(x, affine_.weight(), affine_.bias(), {}, eps_);
    running_.update({batch.mean, sqrt(batch.var + eps_)}, mode);
    return batch.y;
  }
  const Tensor rows = reshape(x, {-1, channels_});
  const Tensor center = mean(rows, {0}), size = size_of(size_, rows, center, eps_);
  running_.update({center, size}, mode);
  return affine_.apply(x, cast(center, kDouble), 1.0 / cast(size, kDouble));
}

void LpBatchNorm::visit(StateVisitor& visitor) {
  affine_.visit(visitor);
  running_.visit(visitor);
}

std::string LpBatchNorm::describe() const {
  return fmt::format("{}BatchNorm({})", name_of(size_), channels_);
}

ChannelMap LpBatchNorm::evaluation_map() const {
  return channel_map(running_[0], running_[1], affine_.weight(), affine_.bias());
}

NormEntry lp_batch_norm_entry(LpSize size) {
  const char* equation =
      size == LpSize::kL1   ? "y = gamma (x - mean) / (mean |x - mean| + eps) + beta"
      : size == LpSize::kL2 ? "y = gamma (x - mean) / sqrt(mean (x - mean)^2 + eps) + beta"
                            : "y = gamma (x - mean) / (max |x - mean| + eps) + beta";
  return {
      .about =
          {.family = "Statistics of the batch",
           .summary = fmt::format("batch normalisation by {} size", name_of(size)),
           .equation = equation,
           .reduces_over = "N, H, W, per channel",
           .training = "the batch's mean and size; running ones are updated",
           .evaluation = "the running mean and the running size",
           .computed = size == LpSize::kL2 ? "by `normalize`"
                                           : "by single ops for the size, then in one pass "
                                             "(`affine`): an ablation, of whose time "
                                             "three quarters go into the size, by ops "
                                             "that no other norm shares",
           .paper = "Santurkar, Tsipras, Ilyas & Madry, How Does Batch Normalization Help "
                    "Optimization?, NeurIPS 2018",
           .use = size == LpSize::kL2
                      ? "as l1's and linf's counterpart: batch norm that averages deviations, not "
                        "variances"
                      : "to ask whether the variance matters; it needs a learning rate of its own",
           .options = {momentum_option(), eps_option(), affine_option()}},
      .make = [size](const NormSite& site, const NormArguments& arguments) {
        return std::make_unique<LpBatchNorm>(size, site.channels, norm_options(arguments));
      }};
}

}  // namespace keel
