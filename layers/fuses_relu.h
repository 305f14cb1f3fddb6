#pragma once

#include <keel/core/ops/epilogue.h>
#include <keel/layers/module.h>

namespace keel {

/// A layer that can apply a ReLU to its result in the same pass over memory. A Sequential asks it
/// to where a ReLU is next to it and no observer wants to see what lies between.
class FusesRelu : public Module {
 public:
  Tensor forward(const Tensor& x, const Mode& mode) final {
    return forward_with(x, mode, Epilogue::kNone);
  }
  /// y = f(x) or relu(f(x)), bit for bit as one after the other (but for the sign of a zero).
  virtual Tensor forward_with(const Tensor& x, const Mode& mode, Epilogue epilogue) = 0;
  /// Whether f(relu(x)) is relu(f(x)): then a ReLU in front is its own, too.
  virtual bool commutes_with_relu() const { return false; }
};

}  // namespace keel
