#include <keel/core/ops/elementwise.h>
#include <keel/core/ops/moments.h>
#include <keel/layers/filter_response_norm.h>

namespace keel {

FilterResponseNorm::FilterResponseNorm(std::int64_t channels, double eps, bool learns_eps)
    : channels_(channels), eps_(eps), affine_(channels) {
  if (learns_eps) learnt_eps_ = Tensor::full({1}, 1e-4).set_requires_grad();
}

Tensor FilterResponseNorm::forward(const Tensor& x, const Mode&) {
  check_channels(*this, x, channels_);
  const Moments planes = moments(x, {.groups = channels_});
  Tensor squares = mean_square(planes) + eps_;
  if (learnt_eps_.defined()) squares = squares + abs(cast(learnt_eps_, DType::kFloat64));
  return affine_.apply(x, {}, 1.0 / sqrt(squares));
}

void FilterResponseNorm::visit(StateVisitor& visitor) {
  affine_.visit(visitor);
  visitor.state("eps", learnt_eps_, StateKind::kNormExtra);
}

std::string FilterResponseNorm::describe() const {
  return fmt::format("FilterResponseNorm({}{})", channels_,
                     learnt_eps_.defined() ? ", learns eps" : "");
}

Tensor Tlu::forward(const Tensor& x, const Mode&) {
  return maximum(x, tau_);
}

void Tlu::visit(StateVisitor& visitor) {
  visitor.state("tau", tau_, StateKind::kNormExtra);
}

std::string Tlu::describe() const {
  return fmt::format("Tlu({})", tau_.numel());
}

NormEntry filter_response_norm_entry() {
  const NormOption learn_eps = {.name = "learn-eps",
                                .standard = "auto",
                                .help =
                                    "add |e| to eps, e (0.0001 at first) learnt per layer; auto: "
                                    "where planes have one pixel, whose size is all they have",
                                .words = {"auto", "no", "yes"}};
  return {
      .about = {.family = "With their own activation",
                .summary = "filter response normalisation",
                .equation =
                    "y = max(gamma x / sqrt(mean(x^2) + eps) + beta, tau), tau = 0 at first",
                .reduces_over = "H, W, per sample and channel",
                .training =
                    "the statistics of each plane; nothing is subtracted; the threshold tau is "
                    "learnt per channel and stands where the activation was, behind a residual "
                    "sum too",
                .evaluation = "the same",
                .computed = fmt::format("{}; the threshold (`maximum`) takes half of its time",
                                        kByMomentsAndAffine),
                .paper = "Singh & Krishnan, Filter Response Normalization Layer: Eliminating Batch "
                         "Dependence in the Training of Deep Neural Networks, CVPR 2020",
                .use = "small batches, with a warm-up of the learning rate",
                .options = {eps_option("1e-06"), learn_eps}},
      .make =
          [](const NormSite& site, const NormArguments& arguments) {
            const bool one_pixel = site.height * site.width == 1;
            const bool learns = arguments.is("learn-eps", "yes") ||
                                (one_pixel && arguments.is("learn-eps", "auto"));
            return std::make_unique<FilterResponseNorm>(site.channels, arguments.number("eps"),
                                                        learns);
          },
      .activation = [](const NormSite& site,
                       const NormArguments&) { return std::make_unique<Tlu>(site.channels); }};
}

}  // namespace keel
