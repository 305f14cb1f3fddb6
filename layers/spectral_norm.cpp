#include <keel/core/autograd.h>
#include <keel/core/ops/elementwise.h>
#include <keel/core/ops/linear.h>
#include <keel/core/ops/reduce.h>
#include <keel/core/ops/shape_ops.h>
#include <keel/layers/spectral_norm.h>

namespace keel {
namespace {

Tensor matrix_of(const Tensor& weight) {
  return reshape(weight, {weight.size(0), -1});
}

Tensor direction(const Tensor& x) {
  constexpr double kTiny = 1e-12;  // of a weight of zeros
  return x / (sqrt(sum(x * x)) + kTiny);
}

}  // namespace

SpectralNorm::SpectralNorm(const Tensor& weight, std::int64_t iterations)
    : iterations_(iterations) {
  constexpr std::int64_t kFirstIterations = 15;  // a good estimate from the first step on
  constexpr std::uint64_t kSeed = 0x5370656374;  // any direction will do: the weights are random
  Rng rng(kSeed);
  u_ = Tensor::normal({weight.size(0), 1}, 0, 1, rng, weight.dtype());
  iterate(matrix_of(weight.detach()), kFirstIterations);
}

void SpectralNorm::iterate(const Tensor& matrix, std::int64_t times) {
  const NoGradGuard no_grad;
  for (std::int64_t i = 0; i < times; ++i) {
    v_ = direction(matmul(matrix, u_, {.transpose_a = true}));
    u_ = direction(matmul(matrix, v_));
  }
}

Tensor SpectralNorm::apply(const Tensor& weight, const Mode& mode) {
  const Tensor matrix = matrix_of(weight);
  if (mode.training && mode.updates()) iterate(matrix.detach(), iterations_);
  return weight / sum(u_ * matmul(matrix, v_));
}

void SpectralNorm::visit(StateVisitor& visitor) {
  visitor.state("weight_u", u_, StateKind::kBuffer);
  visitor.state("weight_v", v_, StateKind::kBuffer);
}

WeightRuleEntry spectral_norm_entry() {
  const NormOption iterations = {.name = "iterations",
                                 .standard = "1",
                                 .help = "power iterations per training step",
                                 .range = {{.low = 1, .high = 100, .whole = true}}};
  return {
      .about = {.family = "Rules for the weights",
                .summary = "spectral normalisation",
                .equation = "w' = w / sigma, sigma the largest singular value",
                .reduces_over = "all weights of a layer, as a matrix [out, inputs]",
                .training = "a power iteration per step; its vectors are constants to the gradient",
                .evaluation = "the last vectors",
                .computed = "by matrix products with a vector, per layer and step",
                .paper = "Miyato, Kataoka, Koyama & Yoshida, Spectral Normalization for Generative "
                         "Adversarial Networks, ICLR 2018",
                .use = "to bound how far each layer in front of a norm's place stretches its input "
                       "(logits, and "
                       "the dense layers behind convolutions, are not among them): discriminators, "
                       "robustness",
                .options = {iterations}},
      .make = [](const Tensor& weight, const NormArguments& arguments) {
        return std::make_unique<SpectralNorm>(weight, arguments.whole("iterations"));
      }};
}

}  // namespace keel
