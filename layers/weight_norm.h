#pragma once

#include <keel/layers/weight_rule.h>

namespace keel {

/// w' = g w / |w|, |w| the Euclidean norm of each filter's weights, g learnt per filter, |w| at
/// first, so that training starts from w. Salimans & Kingma, "Weight Normalization", NeurIPS 2016.
class WeightNorm : public WeightRule {
 public:
  explicit WeightNorm(const Tensor& weight);
  Tensor apply(const Tensor& weight, const Mode& mode) override;
  void visit(StateVisitor& visitor) override;
  std::string describe() const override { return "weight norm"; }

 private:
  Tensor gain_;  // [out, 1, ...]
};

/// "wn" of weight_rule_table().
WeightRuleEntry weight_norm_entry();

}  // namespace keel
