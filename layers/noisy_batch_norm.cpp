#include <keel/core/ops/elementwise.h>
#include <keel/layers/noisy_batch_norm.h>

namespace keel {

Tensor NoisyBatchNorm::forward(const Tensor& x, const Mode& mode) {
  Tensor normalized = batch_norm_.forward(x, mode);
  if (!mode.training) return normalized;
  constexpr double kSpread = 0.1;  // of the elements about their layer's values
  Rng rng = mode.rng;
  const double mu = rng.uniform(-0.5, 0.5), sigma = rng.uniform(1, 1.25);
  const Tensor shift = Tensor::uniform(x.shape(), mu - kSpread, mu + kSpread, rng, x.dtype());
  const Tensor scale = Tensor::normal(x.shape(), sigma, kSpread, rng, x.dtype());
  return normalized * scale + shift;
}

NormEntry noisy_batch_norm_entry() {
  return {
      .about =
          {.family = "Statistics of the batch",
           .summary = "batch normalisation with noise behind it",
           .equation =
               "y = s (gamma (x - mean) / sqrt(var + eps) + beta) + m; per layer and step "
               "mu ~ U(-0.5, 0.5), sigma ~ U(1, 1.25); per element m ~ U(mu - 0.1, mu + 0.1), "
               "s ~ N(sigma, 0.1^2)",
           .reduces_over = "N, H, W, per channel",
           .training = "as batch, with new noise in every step",
           .evaluation = "as batch, without noise",
           .computed =
               "by `normalize`; drawing two numbers per element takes 19 twentieths of its time",
           .paper = "Santurkar, Tsipras, Ilyas & Madry, How Does Batch Normalization Help "
                    "Optimization?, NeurIPS 2018",
           .use = "to see that batch norm helps although its outputs shift",
           .options = {momentum_option(), eps_option(), affine_option()}},
      .make = [](const NormSite& site, const NormArguments& arguments) {
        return std::make_unique<NoisyBatchNorm>(site.channels, norm_options(arguments));
      }};
}

}  // namespace keel
