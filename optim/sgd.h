#pragma once
// Stochastic gradient descent with momentum.

#include <keel/optim/optimizer.h>

namespace keel {

struct SgdOptions {
  double momentum = 0;    ///< in [0, 1); 0 keeps no buffer
  bool nesterov = false;  ///< look ahead along the buffer; needs momentum
};

/// With gradient g, weight decay lambda and momentum mu, as PyTorch defines it:
///
///     d = g + lambda w,  b = mu b + d,  w = w - lr b            (nesterov: w - lr (d + mu b))
///
/// The buffer b starts at zero, so that the first step takes b = d. The learning rate multiplies
/// the buffer instead of entering it: a change of lr acts on the whole momentum at once.
/// State: "momentum_buffer.<parameter>".
/// Sutskever, Martens, Dahl, Hinton, "On the importance of initialization and momentum in deep
/// learning", ICML 2013.
class Sgd : public Optimizer {
 public:
  /// Throws Error on a momentum outside [0, 1), or nesterov without momentum.
  explicit Sgd(std::vector<ParameterGroup> groups, SgdOptions options = {});

 protected:
  void update(Update parameter) override;

 private:
  SgdOptions options_;
};

}  // namespace keel
