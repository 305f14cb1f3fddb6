#include <limits>

#include <keel/core/ops/elementwise.h>
#include <keel/core/ops/normalize.h>
#include <keel/core/ops/shape_ops.h>
#include <keel/layers/ghost_batch_norm.h>

namespace keel {

GhostBatchNorm::GhostBatchNorm(std::int64_t size, std::int64_t channels, const NormOptions& options)
    : size_(size),
      channels_(channels),
      eps_(options.eps),
      affine_(channels, options.affine),
      running_(channels, options.momentum) {
  check(size >= 1, "GhostBatchNorm: sub-batches of {}, expected at least 1", size);
}

Tensor GhostBatchNorm::forward(const Tensor& x, const Mode& mode) {
  check_channels(*this, x, channels_);
  if (!mode.uses_batch()) {
    return normalize_with(x, running_.mean(), running_.var(), affine_.weight(), affine_.bias(),
                          eps_);
  }
  // A sub-batch that is seen as one large sample has instance norm's rows.
  const auto sub_batches = [&](std::int64_t begin, std::int64_t end, std::int64_t count) {
    const Tensor part = end - begin == x.size(0) ? x : slice(x, 0, begin, end);
    check(
        part.numel() != count * channels_,
        "{}: a sub-batch of x {} has one value per channel, which has no variance: choose a larger "
        "size, a batch size that is a multiple of it, or --drop-last",
        describe(), x.shape());
    return normalize(reshape(part, {count, -1, channels_}), affine_.weight(), affine_.bias(),
                     {.groups = channels_}, eps_);
  };
  const std::int64_t samples = x.size(0);
  std::int64_t whole = samples / size_;
  // How many samples a measurement takes is no choice of the user's: one value that is left over
  // joins the sub-batch before it.
  const bool single = x.numel() == samples * channels_ && samples - whole * size_ == 1;
  if (single && whole > 0 && !mode.training) --whole;
  const std::int64_t covered = whole * size_;
  std::vector<Tensor> outputs, means, variances, unbiased_variances;
  const auto take = [&](const Normalized& result) {
    outputs.push_back(reshape(result.y, {-1, channels_}));
    means.push_back(result.mean);
    variances.push_back(result.var);
    unbiased_variances.push_back(unbiased(result.var, result.count));
  };
  if (whole > 0) take(sub_batches(0, covered, whole));
  if (covered < samples) take(sub_batches(covered, samples, 1));
  running_.update_moments(concatenate(means, 0), concatenate(variances, 0),
                          concatenate(unbiased_variances, 0), mode);
  return reshape(outputs.size() == 1 ? outputs[0] : concatenate(outputs, 0), x.shape());
}

void GhostBatchNorm::visit(StateVisitor& visitor) {
  affine_.visit(visitor);
  running_.visit(visitor);
}

std::string GhostBatchNorm::describe() const {
  return fmt::format("GhostBatchNorm({}, sub-batches of {})", channels_, size_);
}

ChannelMap GhostBatchNorm::evaluation_map() const {
  return channel_map(running_, eps_, affine_);
}

NormEntry ghost_batch_norm_entry() {
  const NormOption size = {
      .name = "size",
      .standard = "32",
      .help = "samples per sub-batch",
      .range = {{.low = 1, .high = std::numeric_limits<double>::infinity(), .whole = true}}};
  return {
      .about = {.family = "Statistics of the batch",
                .summary = "batch normalisation of sub-batches",
                .equation = "y = gamma (x - mean) / sqrt(var + eps) + beta",
                .reduces_over = "H, W and the samples of a sub-batch, per channel",
                .training = "each sub-batch's own statistics; the running ones take in their mean",
                .evaluation = "the running mean and variance",
                .computed =
                    "by `normalize`, of each sub-batch as one sample, with a ReLU behind it "
                    "apart; parts of unequal size are copied together",
                .paper =
                    "Hoffer, Hubara & Soudry, Train longer, generalize better: closing the "
                    "generalization gap in large batch training of neural networks, NeurIPS 2017",
                .use = "large batches: the noise of small ones, at their speed",
                .options = {size, momentum_option(), eps_option(), affine_option()}},
      .make = [](const NormSite& site, const NormArguments& arguments) {
        return std::make_unique<GhostBatchNorm>(arguments.whole("size"), site.channels,
                                                norm_options(arguments));
      }};
}

}  // namespace keel
