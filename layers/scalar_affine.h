#pragma once

#include <optional>

#include <keel/layers/module.h>

namespace keel {

/// y = scale x + bias, both one learnt number: what stands where a normalisation would.
class ScalarAffine : public Module {
 public:
  /// No scale where none is given; the bias is 0 at first.
  ScalarAffine(std::optional<double> scale, bool bias);

  Tensor forward(const Tensor& x, const Mode& mode) override;
  void visit(StateVisitor& visitor) override;
  std::string describe() const override;

 private:
  Tensor scale_, bias_;  // [1] or undefined
};

/// A layer with a learnt number, 0 at first, added to its input. Its state keeps its names.
class BiasedInput : public Module {
 public:
  explicit BiasedInput(ModulePtr layer);

  Tensor forward(const Tensor& x, const Mode& mode) override;
  void visit(StateVisitor& visitor) override;
  std::string describe() const override;

 private:
  ModulePtr layer_;
  Tensor bias_;  // [1]
};

}  // namespace keel
