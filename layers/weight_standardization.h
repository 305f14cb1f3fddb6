#pragma once

#include <keel/layers/weight_rule.h>

namespace keel {

/// w' = (w - mean) / (deviation + eps) over each filter's weights.
/// Qiao et al., "Micro-Batch Training with Batch-Channel Normalization and Weight Standardization",
/// 2019.
class WeightStandardization : public WeightRule {
 public:
  explicit WeightStandardization(double eps = 1e-5) : eps_(eps) {}
  Tensor apply(const Tensor& weight, const Mode& mode) override;
  std::string describe() const override { return "standardised"; }

 private:
  double eps_;
};

/// w' = g s (w - mean) / (deviation sqrt(fan_in)) over each filter's weights: g learnt per filter,
/// 1 at first; s constant, so that the layer behind a ReLU keeps the variance.
/// Brock, De & Smith, "Characterizing Signal Propagation to Close the Performance Gap in
/// Unnormalized ResNets", ICLR 2021.
class ScaledWeightStandardization : public WeightRule {
 public:
  ScaledWeightStandardization(const Tensor& weight, double scale, double eps = 1e-5);
  Tensor apply(const Tensor& weight, const Mode& mode) override;
  void visit(StateVisitor& visitor) override;
  std::string describe() const override { return "scaled and standardised"; }

 private:
  WeightStandardization standardization_;
  double scale_;
  Tensor gain_;  // [out, 1, ...]
};

/// "ws" and "sws" of weight_rule_table().
WeightRuleEntry weight_standardization_entry();
WeightRuleEntry scaled_weight_standardization_entry();

}  // namespace keel
