#pragma once

#include <vector>

#include <keel/layers/init.h>
#include <keel/layers/weight_rule.h>

namespace keel {

struct DenseOptions {
  bool bias = true;
  std::vector<WeightRuleFactory> weight_rules{};  ///< what is done to the weights before their use
  Init init = Init::kPyTorch;
  double init_scale = 1;  ///< factor on the initial weights
};

/// y = x W^T + b. Shape: x [N, in] -> [N, out]; weight [out, in], bias [out].
class Dense : public Module {
 public:
  /// Draws the weights from a split of rng. Throws Error unless in and out are at least 1.
  Dense(std::int64_t in, std::int64_t out, const DenseOptions& options, Rng& rng);

  Tensor forward(const Tensor& x, const Mode& mode) override;
  void visit(StateVisitor& visitor) override;
  std::string describe() const override;

  const LayerWeight& weight() const { return weight_; }
  const Tensor& bias() const { return bias_; }  ///< undefined where there is none

 private:
  LayerWeight weight_;
  Tensor bias_;
};

}  // namespace keel
