#pragma once

#include <keel/core/ops/local_response.h>
#include <keel/layers/norm_options.h>

namespace keel {

/// Local response normalisation (Krizhevsky, Sutskever & Hinton, NeurIPS 2012):
///   y = x / (k + alpha / n sum of x'^2)^beta,
/// the sum over the n = size channels about each one, those outside being 0 (PyTorch's rule; of an
/// even size, one more before than behind). The paper has no division by n: its alpha is 1e-4.
/// Shape: x [N, H, W, C] or [N, C].
class LocalResponseNorm : public Module {
 public:
  explicit LocalResponseNorm(const LocalResponse& options = {}) : options_(options) {}

  Tensor forward(const Tensor& x, const Mode& mode) override;
  std::string describe() const override;

 private:
  LocalResponse options_;
};

/// "lrn" of norm_table().
NormEntry local_response_norm_entry();

}  // namespace keel
