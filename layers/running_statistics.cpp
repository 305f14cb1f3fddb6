#include <keel/layers/running_statistics.h>

namespace keel {
namespace {

// running <- (1 - momentum) running + momentum scale (mean of the channel's rows)
template <class T>
void blend(Tensor& running, const Tensor& rows, double scale, double momentum) {
  const std::int64_t channels = running.numel(), per_channel = rows.numel() / channels;
  T* values = running.mutable_data<T>();
  for (std::int64_t c = 0; c < channels; ++c) {
    double sum = 0;
    for (std::int64_t i = 0; i < per_channel; ++i) sum += rows.data<double>()[i * channels + c];
    const double value = scale * sum / static_cast<double>(per_channel);
    values[c] = static_cast<T>((1 - momentum) * static_cast<double>(values[c]) + momentum * value);
  }
}

}  // namespace

RunningStatistics::RunningStatistics(std::int64_t channels, std::optional<double> momentum)
    : momentum_(momentum),
      mean_(Tensor::zeros({channels})),
      var_(Tensor::ones({channels})),
      num_batches_tracked_(Tensor::scalar(0, DType::kFloat64)) {
  const double weight = momentum.value_or(0);
  check(weight >= 0 && weight <= 1, "running statistics: momentum {} is not between 0 and 1",
        weight);
}

void RunningStatistics::update(const Tensor& mean, const Tensor& var, std::int64_t count) {
  const double batches = num_batches_tracked_.item() + 1;
  num_batches_tracked_.fill(batches);
  const double momentum = momentum_.value_or(1 / batches);
  const double unbiased = static_cast<double>(count) / static_cast<double>(count - 1);
  dispatch(mean_.dtype(), [&]<class T>(T) {
    blend<T>(mean_, mean, 1, momentum);
    blend<T>(var_, var, unbiased, momentum);
  });
}

void RunningStatistics::visit(StateVisitor& visitor) {
  visitor.state("running_mean", mean_, StateKind::kBuffer);
  visitor.state("running_var", var_, StateKind::kBuffer);
  visitor.state("num_batches_tracked", num_batches_tracked_, StateKind::kCounter);
}

}  // namespace keel
