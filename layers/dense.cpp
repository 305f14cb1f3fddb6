#include <keel/core/ops/linear.h>
#include <keel/layers/dense.h>

namespace keel {

Dense::Dense(std::int64_t in, std::int64_t out, const DenseOptions& options, Rng& rng) {
  check(in >= 1 && out >= 1, "Dense: {} inputs and {} outputs, expected at least 1", in, out);
  // A stream each: the weights are the same with and without a bias.
  const Rng own = rng.split();
  weight_ = initial_weight({out, in}, options.init, own.fork(0)).set_requires_grad();
  if (options.bias) {
    bias_ = initial_bias(weight_.shape(), options.init, own.fork(1)).set_requires_grad();
  }
}

Tensor Dense::forward(const Tensor& x, const Mode&) {
  return linear(x, weight_, bias_);
}

void Dense::visit(StateVisitor& visitor) {
  visitor.state("weight", weight_, StateKind::kWeight);
  visitor.state("bias", bias_, StateKind::kBias);
}

std::string Dense::describe() const {
  return fmt::format("Dense({}, {}{})", weight_.size(1), weight_.size(0),
                     bias_.defined() ? "" : ", no bias");
}

}  // namespace keel
