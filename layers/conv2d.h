#pragma once

#include <vector>

#include <keel/core/ops/conv.h>
#include <keel/layers/fuses_epilogue.h>
#include <keel/layers/init.h>
#include <keel/layers/weight_rule.h>

namespace keel {

struct Conv2dOptions {
  std::int64_t kernel = 3;
  std::int64_t stride = 1;
  std::int64_t padding = 0;
  std::int64_t dilation = 1;
  std::int64_t groups = 1;
  bool bias = true;
  std::vector<WeightRuleFactory> weight_rules{};  ///< what is done to the weights before their use
  Init init = Init::kPyTorch;
  double init_scale = 1;  ///< factor on the initial weights
};

/// Convolution (see conv2d). Shape: x [N, H, W, in] -> [N, H', W', out];
/// weight [out, kernel, kernel, in / groups] in memory, bias [out].
class Conv2d final : public FusesEpilogue {
 public:
  /// Draws the weights from a split of rng. Throws Error unless in, out and the kernel are at least
  /// 1 and the groups divide both in and out.
  Conv2d(std::int64_t in, std::int64_t out, const Conv2dOptions& options, Rng& rng);

  Tensor forward_with(const Tensor& x, const Mode& mode, const Epilogue& epilogue) override;
  bool takes_pool(const Tensor& x, const Pool2dOptions& pool) const override;
  void visit(StateVisitor& visitor) override;
  std::string describe() const override;

  const LayerWeight& weight() const { return weight_; }
  const Tensor& bias() const { return bias_; }  ///< undefined where there is none

 private:
  Conv2dGeometry geometry() const;

  Conv2dOptions options_;
  LayerWeight weight_;
  Tensor bias_;
};

}  // namespace keel
