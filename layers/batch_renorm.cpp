#include <algorithm>

#include <keel/core/ops/elementwise.h>
#include <keel/core/ops/moments.h>
#include <keel/core/ops/normalize.h>
#include <keel/layers/batch_renorm.h>

namespace keel {

BatchRenorm::BatchRenorm(std::int64_t channels, const BatchRenormOptions& options)
    : channels_(channels),
      options_(options),
      affine_(channels, options.norm.affine),
      running_(channels, options.norm.momentum) {}

Tensor BatchRenorm::forward(const Tensor& x, const Mode& mode) {
  check_channels(*this, x, channels_);
  const double eps = options_.norm.eps;
  if (!mode.uses_batch()) {
    return normalize_with(x, running_.mean(), running_.var(), affine_.weight(), affine_.bias(),
                          eps);
  }
  check_has_variance(*this, x);
  if (mode.statistics == StatisticsUpdate::kAverage) {  // there are none yet to correct towards
    const Normalized batch = normalize(x, affine_.weight(), affine_.bias(), {}, eps);
    running_.update_moments(batch.mean, batch.var, unbiased(batch.var, batch.count), mode);
    return batch.y;
  }
  const Moments batch = moments(x.detach(), {});
  // How far the bounds are open: 0 until the warm-up ends, 1 after `times` as many steps.
  const auto open = [&](double times) {
    const double warmup = static_cast<double>(options_.warmup);
    if (running_.updates() < warmup || warmup == 0) return warmup == 0 ? 1.0 : 0.0;
    return std::min(1.0, (running_.updates() / warmup - 1) / (times - 1));
  };
  const double r_max = 1 + (options_.r_max - 1) * open(8), d_max = options_.d_max * open(5);
  const Tensor running_mean = running_.mean().to(DType::kFloat64);
  const Tensor running_sd = sqrt(running_.var().to(DType::kFloat64) + eps);
  const Tensor r = clamp(sqrt(batch.var + eps) / running_sd, 1 / r_max, r_max);
  const Tensor d = clamp((batch.mean - running_mean) / running_sd, -d_max, d_max);
  running_.update_moments(batch.mean, batch.var, unbiased(batch.var, batch.count), mode);
  const Tensor scale = r.to(x.dtype()), shift = d.to(x.dtype());
  if (!affine_.weight().defined()) return normalize(x, scale, shift, {}, eps).y;
  return normalize(x, affine_.weight() * scale, affine_.weight() * shift + affine_.bias(), {}, eps)
      .y;
}

void BatchRenorm::visit(StateVisitor& visitor) {
  affine_.visit(visitor);
  running_.visit(visitor);
}

std::string BatchRenorm::describe() const {
  return fmt::format("BatchRenorm({}, r to {}, d to {})", channels_, options_.r_max,
                     options_.d_max);
}

ChannelMap BatchRenorm::evaluation_map() const {
  return channel_map(running_, options_.norm.eps, affine_);
}

NormEntry batch_renorm_entry() {
  const std::vector<NormOption> options = {
      {.name = "rmax", .standard = "3", .help = "bound of r", .range = {{.low = 1, .high = 1e6}}},
      {.name = "dmax", .standard = "5", .help = "bound of d", .range = {{.low = 0, .high = 1e6}}},
      {.name = "warmup",
       .standard = "100",
       .help = "steps of plain batch norm; d is open after 5 times, r after 8 times as many (the "
               "paper: 5000)",
       .range = {{.low = 0, .high = 1e9, .whole = true}}},
      momentum_option(),
      eps_option(),
      affine_option()};
  return {
      .about = {.family = "Statistics of the batch",
                .summary = "batch renormalisation",
                .equation = "y = gamma ((x - mean) / sd r + d) + beta, sd = sqrt(var + eps), "
                            "r = clamp(sd / running_sd, 1/rmax, rmax), "
                            "d = clamp((mean - running_mean) / running_sd, -dmax, dmax)",
                .reduces_over = "N, H, W, per channel",
                .training =
                    "the batch's statistics, corrected towards the running ones; r and d are "
                    "constants to the gradient; the running ones are updated",
                .evaluation = "the running mean and variance",
                .computed = "by `normalize`, with r and d in its gamma and beta, behind a pass for "
                            "the statistics, and a ReLU behind it apart",
                .paper = "Ioffe, Batch Renormalization: Towards Reducing Minibatch Dependence in "
                         "Batch-Normalized Models, NeurIPS 2017",
                .use = "small batches, or batches whose samples are not independent",
                .options = options},
      .make =
          [](const NormSite& site, const NormArguments& arguments) {
            return std::make_unique<BatchRenorm>(
                site.channels, BatchRenormOptions{.r_max = arguments.number("rmax"),
                                                  .d_max = arguments.number("dmax"),
                                                  .warmup = arguments.whole("warmup"),
                                                  .norm = norm_options(arguments)});
          },
      .holds_constants = true};
}

}  // namespace keel
