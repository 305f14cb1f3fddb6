#pragma once

#include <keel/core/ops/conv.h>
#include <keel/layers/init.h>
#include <keel/layers/module.h>

namespace keel {

struct Conv2dOptions {
  std::int64_t kernel = 3;
  std::int64_t stride = 1;
  std::int64_t padding = 0;
  std::int64_t dilation = 1;
  std::int64_t groups = 1;
  bool bias = true;
  /// Each filter is used as (w - mean) / (deviation + 1e-5) over its own weights, differentiated
  /// through. Qiao et al., "Micro-Batch Training with Batch-Channel Normalization and Weight
  /// Standardization", 2019.
  bool weight_standardization = false;
  Init init = Init::kPyTorch;
};

/// Convolution (see conv2d). Shape: x [N, H, W, in] -> [N, H', W', out];
/// weight [out, kernel, kernel, in / groups] in memory, bias [out].
class Conv2d : public Module {
 public:
  /// Draws the weights from a split of rng. Throws Error unless in, out and the kernel are at least
  /// 1 and the groups divide both in and out.
  Conv2d(std::int64_t in, std::int64_t out, const Conv2dOptions& options, Rng& rng);

  Tensor forward(const Tensor& x, const Mode& mode) override;
  void visit(StateVisitor& visitor) override;
  std::string describe() const override;

 private:
  Conv2dOptions options_;
  Tensor weight_, bias_;
};

}  // namespace keel
