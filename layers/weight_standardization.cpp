#include <cmath>

#include <keel/core/ops/elementwise.h>
#include <keel/core/ops/normalize.h>
#include <keel/layers/norm_options.h>
#include <keel/layers/weight_standardization.h>

namespace keel {

Tensor WeightStandardization::apply(const Tensor& weight, const Mode&) {
  return normalize(weight, {}, {}, {.groups = 1}, eps_, EpsPlacement::kOutsideRoot).y;
}

ScaledWeightStandardization::ScaledWeightStandardization(const Tensor& weight, double scale,
                                                         double eps)
    : standardization_(eps),
      scale_(scale /
             std::sqrt(static_cast<double>(weight.numel()) / static_cast<double>(weight.size(0)))),
      gain_(Tensor::ones(per_filter(weight.shape())).set_requires_grad()) {}

Tensor ScaledWeightStandardization::apply(const Tensor& weight, const Mode& mode) {
  return standardization_.apply(weight, mode) * (gain_ * scale_);
}

void ScaledWeightStandardization::visit(StateVisitor& visitor) {
  visitor.state("weight_gain", gain_, StateKind::kNormExtra);
}

WeightRuleEntry weight_standardization_entry() {
  return {
      .about = {.family = "Rules for the weights",
                .summary = "weight standardisation",
                .equation = "w' = (w - mean) / (deviation + eps)",
                .reduces_over = "the weights of each filter",
                .training =
                    "the gradient flows through mean and deviation, which is the biased one "
                    "(divided by the count, as in the paper)",
                .evaluation = "the same",
                .computed = "by `normalize`, of the weights alone",
                .paper = "Qiao, Wang, Liu, Shen & Yuille, Micro-Batch Training with Batch-Channel "
                         "Normalization and Weight Standardization, 2019",
                .use = "with group norm at small batches; it costs two passes over the weights, "
                       "whatever the batch size",
                .options = {eps_option()}},
      .make = [](const Tensor&, const NormArguments& arguments) {
        return std::make_unique<WeightStandardization>(arguments.number("eps"));
      }};
}

WeightRuleEntry scaled_weight_standardization_entry() {
  const NormOption scale = {
      .name = "scale",
      .standard = "1.7128",
      .help = "s; the default, sqrt(2 / (1 - 1/pi)), is ReLU's; 1 for a linear layer",
      .range = {{.low = 0, .high = 100, .excludes_low = true}}};
  return {
      .about = {.family = "Rules for the weights",
                .summary = "scaled weight standardisation",
                .equation =
                    "w' = g s (w - mean) / ((deviation + eps) sqrt(fan_in)), g = 1 at first",
                .reduces_over = "the weights of each filter",
                .training = "the gradient flows through mean and deviation; g is learnt per filter",
                .evaluation = "the same",
                .computed = "by `normalize`, of the weights alone, and a product",
                .paper =
                    "Brock, De & Smith, Characterizing Signal Propagation to Close the Performance "
                    "Gap in Unnormalized ResNets, ICLR 2021",
                .use = "networks without normalisation (none+sws), with --clip-agc 0.01",
                .options = {scale, eps_option()}},
      .make = [](const Tensor& weight, const NormArguments& arguments) {
        return std::make_unique<ScaledWeightStandardization>(weight, arguments.number("scale"),
                                                             arguments.number("eps"));
      }};
}

}  // namespace keel
