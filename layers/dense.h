#pragma once

#include <keel/layers/init.h>
#include <keel/layers/module.h>

namespace keel {

struct DenseOptions {
  bool bias = true;
  Init init = Init::kPyTorch;
};

/// y = x W^T + b. Shape: x [N, in] -> [N, out]; weight [out, in], bias [out].
class Dense : public Module {
 public:
  /// Draws the weights from a split of rng. Throws Error unless in and out are at least 1.
  Dense(std::int64_t in, std::int64_t out, const DenseOptions& options, Rng& rng);

  Tensor forward(const Tensor& x, const Mode& mode) override;
  void visit(StateVisitor& visitor) override;
  std::string describe() const override;

 private:
  Tensor weight_, bias_;
};

}  // namespace keel
