#pragma once
// The running mean and variance that a normalisation evaluates with.

#include <optional>
#include <string>
#include <vector>

#include <keel/layers/module.h>

namespace keel {

/// Buffers of one value per channel, by PyTorch's names and rules: each update is
///   running <- (1 - m) running + m new,   m the momentum or, without one, 1 / (number of updates).
class RunningStatistics {
 public:
  struct Buffer {
    std::string name;
    double initial;
  };

  /// Mean and variance, 0 and 1 at first, unless other buffers are named.
  /// Throws Error unless the momentum is between 0 and 1.
  RunningStatistics(std::int64_t channels, std::optional<double> momentum,
                    std::vector<Buffer> buffers = {{"running_mean", 0}, {"running_var", 1}});

  /// Takes in one new value for each buffer, if the mode lets state change. Shape: [rows], row i
  /// belonging to channel i mod channels; several rows per channel are averaged. No history.
  void update(const std::vector<Tensor>& values, const Mode& mode);

  /// Takes in mean and variance of a batch, of the standard buffers: in training the unbiased
  /// variance, as PyTorch does. Averaged anew (StatisticsUpdate::kAverage), running_var becomes the
  /// variance of all batches together, mean(mean^2 + var) - mean(mean)^2 over the batches (Wu &
  /// Johnson 2021). Shape: as above, var (biased) and unbiased_var of the same rows.
  void update_moments(const Tensor& mean, const Tensor& var, const Tensor& unbiased_var,
                      const Mode& mode);

  const Tensor& operator[](std::size_t buffer) const { return values_[buffer]; }
  const Tensor& mean() const { return values_[0]; }  ///< of the standard buffers
  const Tensor& var() const { return values_[1]; }
  double updates() const { return num_batches_tracked_.item(); }
  void visit(StateVisitor& visitor);

 private:
  std::optional<double> momentum_;
  std::vector<Buffer> buffers_;
  std::vector<Tensor> values_;
  Tensor num_batches_tracked_;
};

/// The variance that running_var keeps: var count / (count - 1), which estimates that of the
/// distribution. Shape: var [rows], biased, each of a row of `count` elements.
Tensor unbiased(const Tensor& var, std::int64_t count);

}  // namespace keel
