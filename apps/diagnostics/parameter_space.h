#pragma once
// A model's parameters as one point, and a batch's loss as a function of it: what measures need
// that look around the point where training stands.

#include <functional>
#include <span>
#include <string>
#include <vector>

#include <keel/layers/module.h>

namespace keel {

/// Euclidean, of all elements of the tensors together, summed in double.
double norm(std::span<const Tensor> x);
double distance(std::span<const Tensor> a, std::span<const Tensor> b);
/// Of the angle between them; NaN when one of them is 0.
double cosine(std::span<const Tensor> a, std::span<const Tensor> b);

std::vector<Tensor> clones(std::span<const Tensor> tensors);

/// Puts tensors back to what they were, bit for bit, at its end.
class Restore {
 public:
  explicit Restore(std::span<const Tensor> tensors);
  ~Restore();
  Restore(const Restore&) = delete;
  Restore& operator=(const Restore&) = delete;

 private:
  std::vector<Tensor> tensors_, before_;
};

/// w <- w - step direction
void descend(std::span<const Tensor> parameters, std::span<const Tensor> direction, double step);

/// A loss as a function of the parameters, at the values that they have.
class Objective {
 public:
  struct Value {
    double loss;
    std::vector<Tensor> gradient;  ///< one per parameter, zeros for those without influence
  };

  /// `loss` computes the same function of the parameters whenever it is called.
  Objective(std::vector<Tensor> parameters, std::function<Tensor()> loss)
      : parameters_(std::move(parameters)), loss_(std::move(loss)) {}

  const std::vector<Tensor>& parameters() const { return parameters_; }
  /// Leaves no gradient at the parameters, not even one that was there before.
  Value operator()() const;

 private:
  std::vector<Tensor> parameters_;
  std::function<Tensor()> loss_;
};

/// The parameters of one layer: those from `begin` to `end` in parameters_of(model).
struct ParameterRange {
  std::string layer;
  std::size_t begin, end;
  bool weighs;  ///< it multiplies its input by weights, as convolutions and dense layers do

  std::span<const Tensor> of(const std::vector<Tensor>& tensors) const {
    return std::span(tensors).subspan(begin, end - begin);
  }
};

/// The layers of a model that have parameters, in the order in which visit() names them.
std::vector<ParameterRange> parameter_ranges(Module& model);

}  // namespace keel
