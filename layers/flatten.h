#pragma once

#include <keel/core/ops/shape_ops.h>
#include <keel/layers/module.h>

namespace keel {

/// [N, H, W, C] -> [N, C H W], in PyTorch's order C, H, W, so that the dense weights behind it can
/// be exchanged; other shapes [N, ...] -> [N, ...] with the inner axes joined.
class Flatten : public Module {
 public:
  Tensor forward(const Tensor& x, const Mode&) override {
    return x.rank() == 4 ? flatten_nchw(x) : flatten(x);
  }
  std::string describe() const override { return "Flatten"; }
};

}  // namespace keel
