#include <keel/core/autograd.h>
#include <keel/core/ops/elementwise.h>
#include <keel/layers/folding.h>
#include <keel/layers/norm_options.h>
#include <keel/layers/running_statistics.h>

namespace keel {

ChannelMap channel_map(const Tensor& mean, const Tensor& deviation, const Tensor& gamma,
                       const Tensor& beta) {
  const NoGradGuard no_grad;
  const auto values = [&](const Tensor& given, double otherwise) {
    return given.defined() ? given.to(DType::kFloat64)
                           : Tensor::full(deviation.shape(), otherwise, DType::kFloat64);
  };
  const Tensor scale = values(gamma, 1) / values(deviation, 1);
  return {.scale = scale, .shift = values(beta, 0) - values(mean, 0) * scale};
}

ChannelMap channel_map(const RunningStatistics& running, double eps, const ChannelAffine& affine) {
  return channel_map(running.mean(), sqrt(running.var().to(DType::kFloat64) + eps), affine.weight(),
                     affine.bias());
}

}  // namespace keel
