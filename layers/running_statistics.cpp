#include <keel/core/autograd.h>
#include <keel/core/ops/elementwise.h>
#include <keel/core/ops/reduce.h>
#include <keel/core/ops/shape_ops.h>
#include <keel/layers/running_statistics.h>

namespace keel {
namespace {

// running <- (1 - momentum) running + momentum (mean of the channel's rows). With a momentum of 1
// not even a NaN is left of it.
template <class T>
void blend(Tensor& running, const Tensor& rows, double momentum) {
  const std::int64_t channels = running.numel(), per_channel = rows.numel() / channels;
  T* values = running.mutable_data<T>();
  for (std::int64_t c = 0; c < channels; ++c) {
    double sum = 0;
    for (std::int64_t i = 0; i < per_channel; ++i) sum += rows.data<double>()[i * channels + c];
    const double value = sum / static_cast<double>(per_channel);
    const double old = momentum == 1 ? 0 : (1 - momentum) * static_cast<double>(values[c]);
    values[c] = static_cast<T>(old + momentum * value);
  }
}

}  // namespace

RunningStatistics::RunningStatistics(std::int64_t channels, std::optional<double> momentum,
                                     std::vector<Buffer> buffers)
    : momentum_(momentum),
      buffers_(std::move(buffers)),
      num_batches_tracked_(Tensor::scalar(0, DType::kFloat64)) {
  for (const Buffer& buffer : buffers_) values_.push_back(Tensor::full({channels}, buffer.initial));
  const double weight = momentum.value_or(0);
  check(weight >= 0 && weight <= 1, "running statistics: momentum {} is not between 0 and 1",
        weight);
}

void RunningStatistics::update(const std::vector<Tensor>& values, const Mode& mode) {
  if (!mode.updates()) return;
  const double batches = num_batches_tracked_.item() + 1;
  num_batches_tracked_.fill(batches);
  const bool averages = !momentum_ || mode.statistics == StatisticsUpdate::kAverage;
  const double momentum = averages ? 1 / batches : *momentum_;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    dispatch(values_[i].dtype(),
             [&]<class T>(T) { blend<T>(values_[i], values[i].to(DType::kFloat64), momentum); });
  }
}

void RunningStatistics::update_moments(const Tensor& batch_mean, const Tensor& batch_var,
                                       const Tensor& unbiased_var, const Mode& mode) {
  if (mode.statistics != StatisticsUpdate::kAverage) {
    return update({batch_mean, unbiased_var}, mode);
  }
  const NoGradGuard no_grad;
  const std::int64_t channels = mean().numel();
  const Tensor row_means = reshape(batch_mean, {-1, channels});
  const Tensor center = keel::mean(row_means, {0}), distance = row_means - center;
  Tensor var = keel::mean(reshape(batch_var, {-1, channels}) + distance * distance, {0});
  if (const double batches = updates(); batches > 0) {  // Welford's rule, over batches
    const Tensor step = center - mean().to(DType::kFloat64);
    var = var + step * step * (batches / (batches + 1));
  }
  update({center, var}, mode);
}

void RunningStatistics::visit(StateVisitor& visitor) {
  for (std::size_t i = 0; i < values_.size(); ++i) {
    visitor.state(buffers_[i].name, values_[i], StateKind::kBuffer);
  }
  visitor.state("num_batches_tracked", num_batches_tracked_, StateKind::kCounter);
}

Tensor unbiased(const Tensor& var, std::int64_t count) {
  const NoGradGuard no_grad;
  return var * (static_cast<double>(count) / static_cast<double>(count - 1));
}

}  // namespace keel
