#pragma once

#include <keel/core/ops/epilogue.h>
#include <keel/layers/module.h>

namespace keel {

/// A layer that can apply a ReLU, or that and a max pool, to its result in the same pass over
/// memory. A Sequential asks it to where these stand next to it and no observer wants to see what
/// lies between.
class FusesEpilogue : public Module {
 public:
  Tensor forward(const Tensor& x, const Mode& mode) final {
    return forward_with(x, mode, Epilogue::kNone);
  }
  /// y = f(x) and what the epilogue makes of it, bit for bit as one after the other (but for the
  /// sign of a zero). It has a pool only where takes_pool(x, pool).
  virtual Tensor forward_with(const Tensor& x, const Mode& mode, const Epilogue& epilogue) = 0;
  /// Whether f(relu(x)) is relu(f(x)): then a ReLU in front is its own, too.
  virtual bool commutes_with_relu() const { return false; }
  /// Whether a pool behind it comes in the same pass: false where the pool does not fit, too. Who
  /// overrides forward_with() of a layer that takes pools overrides this as well.
  virtual bool takes_pool(const Tensor& /*x*/, const Pool2dOptions& /*pool*/) const {
    return false;
  }
};

}  // namespace keel
