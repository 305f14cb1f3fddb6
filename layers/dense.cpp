#include <keel/core/ops/linear.h>
#include <keel/layers/dense.h>

namespace keel {

Dense::Dense(std::int64_t in, std::int64_t out, const DenseOptions& options, Rng& rng) {
  check(in >= 1 && out >= 1, "Dense: {} inputs and {} outputs, expected at least 1", in, out);
  const Shape shape{out, in};
  // A stream each: the weights are the same with and without a bias.
  const Rng own = rng.split();
  weight_ = LayerWeight(initial_weight(shape, options.init, own.fork(0), 1, options.init_scale),
                        options.weight_rules);
  if (options.bias) bias_ = initial_bias(shape, options.init, own.fork(1)).set_requires_grad();
}

Tensor Dense::forward(const Tensor& x, const Mode& mode) {
  return linear(x, weight_.used(mode), bias_);
}

void Dense::visit(StateVisitor& visitor) {
  weight_.visit(visitor, StateKind::kWeight);
  visitor.state("bias", bias_, StateKind::kBias);
}

std::string Dense::describe() const {
  const Shape& shape = weight_.learnt().shape();
  return fmt::format("Dense({}, {}{}{})", shape[1], shape[0], weight_.describe(),
                     bias_.defined() ? "" : ", no bias");
}

}  // namespace keel
