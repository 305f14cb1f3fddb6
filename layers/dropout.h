#pragma once

#include <keel/core/ops/dropout.h>
#include <keel/layers/module.h>

namespace keel {

/// In training, zeroes each element with probability p and scales the others by 1 / (1 - p); in
/// evaluation, y = x. Srivastava et al., JMLR 2014. The mask is drawn from the mode's stream.
class Dropout : public Module {
 public:
  /// Throws Error unless 0 <= p <= 1.
  explicit Dropout(double p) : p_(p) {
    check(p >= 0 && p <= 1, "Dropout: probability {} is not between 0 and 1", p);
  }
  Tensor forward(const Tensor& x, const Mode& mode) override {
    return mode.training ? dropout(x, p_, mode.rng) : x;
  }
  std::string describe() const override { return fmt::format("Dropout({})", p_); }

 private:
  double p_;
};

}  // namespace keel
