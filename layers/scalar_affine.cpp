#include <keel/core/error.h>
#include <keel/core/ops/elementwise.h>
#include <keel/layers/scalar_affine.h>

namespace keel {

ScalarAffine::ScalarAffine(std::optional<double> scale, bool bias) {
  if (scale) scale_ = Tensor::full({1}, *scale).set_requires_grad();
  if (bias) bias_ = Tensor::zeros({1}).set_requires_grad();
}

Tensor ScalarAffine::forward(const Tensor& x, const Mode&) {
  const Tensor scaled = scale_.defined() ? x * scale_ : x;
  return bias_.defined() ? scaled + bias_ : scaled;
}

void ScalarAffine::visit(StateVisitor& visitor) {
  visitor.state("scale", scale_, StateKind::kNormExtra);
  visitor.state("bias", bias_, StateKind::kNormBias);
}

std::string ScalarAffine::describe() const {
  return fmt::format("ScalarAffine({}{}{})", scale_.defined() ? "scale" : "",
                     scale_.defined() && bias_.defined() ? ", " : "",
                     bias_.defined() ? "bias" : "");
}

BiasedInput::BiasedInput(ModulePtr layer)
    : layer_(std::move(layer)), bias_(Tensor::zeros({1}).set_requires_grad()) {
  check(layer_ != nullptr, "BiasedInput: the layer is null");
}

Tensor BiasedInput::forward(const Tensor& x, const Mode& mode) {
  return layer_->forward(x + bias_, mode);
}

void BiasedInput::visit(StateVisitor& visitor) {
  visitor.state("input_bias", bias_, StateKind::kNormBias);
  layer_->visit(visitor);
}

std::string BiasedInput::describe() const {
  return fmt::format("{}, biased input", layer_->describe());
}

}  // namespace keel
