#pragma once

#include <keel/layers/module.h>

namespace keel {

/// y = activation(f(x) + g(x)): f the residual branch ("main"), g the shortcut (the identity when
/// null), the activation optional.
/// He et al., "Deep Residual Learning for Image Recognition", CVPR 2016.
class Residual : public Module {
 public:
  /// Throws Error when main is null.
  Residual(ModulePtr main, ModulePtr shortcut, ModulePtr activation);

  Tensor forward(const Tensor& x, const Mode& mode) override;
  void visit(StateVisitor& visitor) override;
  std::string describe() const override { return "Residual"; }

 private:
  ModulePtr main_, shortcut_, activation_;
};

/// The parameter-free shortcut of He et al. (option A): every stride-th pixel, and zeros for the
/// new channels, half of them on each side. Shape: [N, H, W, C] -> [N, ceil(H / s), ceil(W / s),
/// out].
class SubsampleShortcut : public Module {
 public:
  SubsampleShortcut(std::int64_t stride, std::int64_t out_channels)
      : stride_(stride), out_channels_(out_channels) {}

  Tensor forward(const Tensor& x, const Mode& mode) override;
  std::string describe() const override;

 private:
  std::int64_t stride_, out_channels_;
};

}  // namespace keel
