#include <keel/core/ops/conv.h>
#include <keel/layers/conv2d.h>

namespace keel {

Conv2d::Conv2d(std::int64_t in, std::int64_t out, const Conv2dOptions& options, Rng& rng)
    : options_(options) {
  check(in >= 1 && out >= 1 && options.kernel >= 1,
        "Conv2d: {} inputs, {} outputs, kernel {}, expected at least 1", in, out, options.kernel);
  check(options.groups >= 1 && in % options.groups == 0 && out % options.groups == 0,
        "Conv2d: {} inputs and {} outputs do not divide into {} groups", in, out, options.groups);
  const Shape shape{out, options.kernel, options.kernel, in / options.groups};
  // A stream each: the weights are the same with and without a bias.
  const Rng own = rng.split();
  weight_ = LayerWeight(
      initial_weight(shape, options.init, own.fork(0), options.groups, options.init_scale),
      options.weight_rules);
  if (options.bias) bias_ = initial_bias(shape, options.init, own.fork(1)).set_requires_grad();
}

Conv2dGeometry Conv2d::geometry() const {
  return {.stride = options_.stride,
          .padding = options_.padding,
          .dilation = options_.dilation,
          .groups = options_.groups};
}

Tensor Conv2d::forward_with(const Tensor& x, const Mode& mode, const Epilogue& epilogue) {
  return conv2d(x, weight_.used(mode), bias_, geometry(), epilogue);
}

bool Conv2d::takes_pool(const Tensor& x, const Pool2dOptions& pool) const {
  return conv2d_takes_pool(x, weight_.learnt(), geometry(), pool);
}

void Conv2d::visit(StateVisitor& visitor) {
  weight_.visit(visitor, StateKind::kConvWeight);
  visitor.state("bias", bias_, StateKind::kBias);
}

std::string Conv2d::describe() const {
  const Shape& shape = weight_.learnt().shape();
  std::string text = fmt::format("Conv2d({}, {}, kernel {}", shape[3] * options_.groups, shape[0],
                                 options_.kernel);
  if (options_.stride != 1) text += fmt::format(", stride {}", options_.stride);
  if (options_.padding != 0) text += fmt::format(", padding {}", options_.padding);
  if (options_.dilation != 1) text += fmt::format(", dilation {}", options_.dilation);
  if (options_.groups != 1) text += fmt::format(", groups {}", options_.groups);
  text += weight_.describe();
  if (!bias_.defined()) text += ", no bias";
  return text + ")";
}

}  // namespace keel
