#include <keel/core/autograd.h>
#include <keel/core/ops/elementwise.h>
#include <keel/core/ops/reduce.h>
#include <keel/layers/weight_norm.h>

namespace keel {
namespace {

// Shape: [out, ...] -> [out, 1, ...]
Tensor filter_norm(const Tensor& weight) {
  Axes axes;
  for (int axis = 1; axis < weight.rank(); ++axis) axes.push_back(axis);
  return sqrt(sum(weight * weight, axes, true));
}

}  // namespace

WeightNorm::WeightNorm(const Tensor& weight) {
  const NoGradGuard no_grad;
  gain_ = filter_norm(weight).set_requires_grad();
}

Tensor WeightNorm::apply(const Tensor& weight, const Mode&) {
  return weight * (gain_ / filter_norm(weight));
}

void WeightNorm::visit(StateVisitor& visitor) {
  visitor.state("weight_g", gain_, StateKind::kNormExtra);
}

WeightRuleEntry weight_norm_entry() {
  return {
      .about = {.family = "Rules for the weights",
                .summary = "weight normalisation",
                .equation = "w' = g w / |w|, g = |w| at first",
                .reduces_over = "the weights of each filter",
                .training = "direction and length are learnt apart",
                .evaluation = "the same",
                .computed = "by single ops on the weights, which are few beside the activations",
                .paper = "Salimans & Kingma, Weight Normalization: A Simple Reparameterization to "
                         "Accelerate Training of Deep Neural Networks, NeurIPS 2016",
                .use = "where nothing may depend on the batch; with mean-only batch norm as in the "
                       "paper (mean-only+wn)"},
      .make = [](const Tensor& weight, const NormArguments&) {
        return std::make_unique<WeightNorm>(weight);
      }};
}

}  // namespace keel
