#include <keel/core/ops/elementwise.h>
#include <keel/core/ops/moments.h>
#include <keel/core/ops/normalize.h>
#include <keel/core/ops/rms_normalize.h>
#include <keel/core/ops/shape_ops.h>
#include <keel/layers/rms_norm.h>

namespace keel {

RmsNorm::RmsNorm(std::int64_t channels, bool per_pixel, double eps)
    : channels_(channels),
      per_pixel_(per_pixel),
      eps_(eps),
      weight_(Tensor::ones({channels}).set_requires_grad()) {}

Tensor RmsNorm::forward(const Tensor& x, const Mode&) {
  check_channels(*this, x, channels_);
  if (per_pixel_ || x.rank() == 2) {
    return reshape(rms_normalize(reshape(x, {-1, channels_}), weight_, eps_), x.shape());
  }
  const Tensor scale = 1.0 / sqrt(mean_square(moments(x, {.groups = 1})) + eps_);
  return affine(x, {}, scale * cast(weight_, DType::kFloat64), {});
}

void RmsNorm::visit(StateVisitor& visitor) {
  visitor.state("weight", weight_, StateKind::kNormWeight);
}

std::string RmsNorm::describe() const {
  return fmt::format("RmsNorm({}{})", channels_, per_pixel_ ? ", of each pixel" : "");
}

NormEntry rms_norm_entry() {
  const NormOption over = {
      .name = "over",
      .standard = "sample",
      .help = "sample: all its channels and pixels; channels: those of each pixel",
      .words = {"sample", "channels"}};
  return {.about = {.family = "Statistics of one sample",
                    .summary = "root-mean-square normalisation",
                    .equation = "y = gamma x / sqrt(mean(x^2) + eps)",
                    .reduces_over = "H, W, C, per sample (over=channels: C, per pixel)",
                    .training = "the sample's own statistics; nothing is subtracted",
                    .evaluation = "the same",
                    .computed = fmt::format("{}; over=channels by one op (`rms_normalize`)",
                                            kByMomentsAndAffine),
                    .paper = "Zhang & Sennrich, Root Mean Square Layer Normalization, NeurIPS 2019",
                    .use = "in place of layer norm, where no mean is to be subtracted",
                    .options = {over, eps_option()}},
          .make =
              [](const NormSite& site, const NormArguments& arguments) {
                return std::make_unique<RmsNorm>(site.channels, arguments.is("over", "channels"),
                                                 arguments.number("eps"));
              },
          .keeps_bias = true};
}

}  // namespace keel
