#include <keel/core/ops/activation.h>
#include <keel/core/ops/elementwise.h>
#include <keel/layers/dynamic_tanh.h>

namespace keel {

DynamicTanh::DynamicTanh(std::int64_t channels, double alpha)
    : channels_(channels),
      alpha_(Tensor::full({1}, alpha).set_requires_grad()),
      affine_(channels) {}

Tensor DynamicTanh::forward(const Tensor& x, const Mode&) {
  check_channels(*this, x, channels_);
  return affine_.apply(tanh(x * alpha_));
}

void DynamicTanh::visit(StateVisitor& visitor) {
  visitor.state("alpha", alpha_, StateKind::kNormExtra);
  affine_.visit(visitor);
}

std::string DynamicTanh::describe() const {
  return fmt::format("DynamicTanh({})", channels_);
}

NormEntry dynamic_tanh_entry() {
  const NormOption alpha = {.name = "alpha",
                            .standard = "0.5",
                            .help = "its first value",
                            .range = {{.low = 0, .high = 100, .excludes_low = true}}};
  return {
      .about = {.family = "Without normalisation",
                .summary = "dynamic tanh",
                .equation = "y = gamma tanh(alpha x) + beta",
                .reduces_over = "nothing",
                .training = "alpha is learnt, one number per layer",
                .evaluation = "the same",
                .computed =
                    "by single ops: the products with alpha and gamma take two thirds of its time, "
                    "the tanh a quarter; an op of its own could save a third of it",
                .paper =
                    "Zhu, Chen, He, LeCun & Liu, Transformers without Normalization, CVPR 2025",
                .use = "in place of layer norm in transformers",
                .options = {alpha}},
      .make =
          [](const NormSite& site, const NormArguments& arguments) {
            return std::make_unique<DynamicTanh>(site.channels, arguments.number("alpha"));
          },
      .keeps_bias = true};
}

}  // namespace keel
