#pragma once
// Adam and AdamW: steps scaled by running moments of the gradient.

#include <keel/optim/optimizer.h>

namespace keel {

struct AdamOptions {
  double beta1 = 0.9;      ///< decay of the first moment, in [0, 1)
  double beta2 = 0.999;    ///< decay of the second moment, in [0, 1)
  double eps = 1e-8;       ///< keeps the division finite; added outside of the root
  bool decoupled = false;  ///< AdamW: weight decay acts on the weight, not through the gradient
};

/// With gradient g, weight decay lambda and t counting the parameter's own updates from 1, as
/// PyTorch defines it:
///
///     d = g + lambda w                       (decoupled: w = w - lr lambda w first, then d = g)
///     m = beta1 m + (1 - beta1) d
///     v = beta2 v + (1 - beta2) d^2
///     w = w - lr / (1 - beta1^t) m / (sqrt(v) / sqrt(1 - beta2^t) + eps)
///
/// State: "exp_avg.<parameter>" (m), "exp_avg_sq.<parameter>" (v), "step.<parameter>" (t). Each
/// parameter counts for itself, so that one that joins late is corrected for its own start.
/// Kingma, Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015; Loshchilov, Hutter,
/// "Decoupled Weight Decay Regularization", ICLR 2019.
class Adam : public Optimizer {
 public:
  /// Throws Error on a beta outside [0, 1), or an eps that is negative or not finite.
  explicit Adam(std::vector<ParameterGroup> groups, AdamOptions options = {});

 protected:
  void update(Update parameter) override;

 private:
  AdamOptions options_;
};

}  // namespace keel
