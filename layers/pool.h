#pragma once
// Pooling layers (see core/ops/pool.h for the equations). Shape: x [N, H, W, C] -> [N, H', W', C].

#include <keel/core/ops/pool.h>
#include <keel/layers/fuses_epilogue.h>

namespace keel {

class MaxPool2d final : public FusesEpilogue {
 public:
  explicit MaxPool2d(const Pool2dOptions& options = {}) : options_(options) {}
  Tensor forward_with(const Tensor& x, const Mode&, const Epilogue& epilogue) override {
    return max_pool2d(x, options_, epilogue);
  }
  bool commutes_with_relu() const override { return true; }
  std::string describe() const override;

  const Pool2dOptions& options() const { return options_; }

 private:
  Pool2dOptions options_;
};

class AvgPool2d : public Module {
 public:
  explicit AvgPool2d(const Pool2dOptions& options = {}) : options_(options) {}
  Tensor forward(const Tensor& x, const Mode&) override { return avg_pool2d(x, options_); }
  std::string describe() const override;

 private:
  Pool2dOptions options_;
};

class AdaptiveAvgPool2d : public Module {
 public:
  AdaptiveAvgPool2d(std::int64_t out_height, std::int64_t out_width)
      : out_height_(out_height), out_width_(out_width) {}
  Tensor forward(const Tensor& x, const Mode&) override {
    return adaptive_avg_pool2d(x, out_height_, out_width_);
  }
  std::string describe() const override;

 private:
  std::int64_t out_height_, out_width_;
};

/// The mean over all pixels. Shape: x [N, H, W, C] -> [N, C].
class GlobalAvgPool : public Module {
 public:
  Tensor forward(const Tensor& x, const Mode&) override { return global_avg_pool2d(x); }
  std::string describe() const override { return "GlobalAvgPool"; }
};

}  // namespace keel
