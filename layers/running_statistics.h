#pragma once
// The running mean and variance that a normalisation evaluates with.

#include <optional>

#include <keel/layers/module.h>

namespace keel {

/// Per channel, PyTorch's names and rules: mean starts at 0, variance at 1, and each update is
///   running <- (1 - m) running + m new,   m the momentum or, without one, 1 / (number of updates).
class RunningStatistics {
 public:
  /// Throws Error unless the momentum is between 0 and 1.
  RunningStatistics(std::int64_t channels, std::optional<double> momentum);

  /// Takes in the mean and the biased variance of rows of `count` elements, which are kept
  /// unbiased: times count / (count - 1). Shape: mean, var [rows], float64, row i belonging to
  /// channel i mod channels; several rows per channel are averaged. No history.
  void update(const Tensor& mean, const Tensor& var, std::int64_t count);

  const Tensor& mean() const { return mean_; }
  const Tensor& var() const { return var_; }
  void visit(StateVisitor& visitor);

 private:
  std::optional<double> momentum_;
  Tensor mean_, var_, num_batches_tracked_;
};

}  // namespace keel
