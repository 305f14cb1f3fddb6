#include <keel/core/ops/normalize.h>
#include <keel/layers/group_norm.h>

namespace keel {

GroupNorm::GroupNorm(std::int64_t groups, std::int64_t channels, const NormOptions& options)
    : groups_(groups), channels_(channels), eps_(options.eps) {
  check(groups >= 1 && channels % groups == 0,
        "GroupNorm: {} channels do not divide into {} groups; choose --groups so that they do",
        channels, groups);
  if (options.affine) {
    weight_ = Tensor::ones({channels}).set_requires_grad();
    bias_ = Tensor::zeros({channels}).set_requires_grad();
  }
}

Tensor GroupNorm::forward(const Tensor& x, const Mode&) {
  check(x.size(-1) == channels_, "{}: got x {}", describe(), x.shape());
  return normalize(x, weight_, bias_, {.groups = groups_}, eps_).y;
}

void GroupNorm::visit(StateVisitor& visitor) {
  visitor.state("weight", weight_, StateKind::kNormWeight);
  visitor.state("bias", bias_, StateKind::kNormBias);
}

std::string GroupNorm::describe() const {
  return fmt::format("GroupNorm({}, {})", groups_, channels_);
}
std::string LayerNorm::describe() const {
  return fmt::format("LayerNorm({})", channels());
}

}  // namespace keel
