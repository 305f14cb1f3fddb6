#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include <keel/core/autograd.h>
#include <keel/core/kernels/map.h>
#include <keel/core/kernels/sigmoid.h>
#include <keel/core/kernels/softmax.h>
#include <keel/core/kernels/sum.h>
#include <keel/core/ops/loss.h>

namespace keel {
namespace {

kernels::AxisRows rows_along(int axis, const Shape& shape) {
  return kernels::rows_along(shape, shape.axis(axis), shape.axis(axis) + 1);
}

void check_labels(std::string_view op, const Tensor& logits, std::span<const std::int32_t> labels) {
  check(logits.rank() == 2 && logits.size(0) == static_cast<std::int64_t>(labels.size()),
        "{}: expects logits [N, C] and N labels, got {} and {} labels", op, logits.shape(),
        labels.size());
  for (std::size_t sample = 0; sample < labels.size(); ++sample) {
    check(labels[sample] >= 0 && labels[sample] < logits.size(1),
          "{}: label {} of sample {} is outside 0..{}", op, labels[sample], sample,
          logits.size(1) - 1);
  }
}

// The mean over all elements of value(x, target), whose derivative by x is slope(x, target).
template <class Value, class Slope>
Tensor mean_loss(std::string_view op, const Tensor& x, const Tensor& target, Value value,
                 Slope slope) {
  check(x.shape() == target.shape() && x.dtype() == target.dtype(),
        "{}: x is {} {}, target is {} {}", op, x.shape(), name_of(x.dtype()), target.shape(),
        name_of(target.dtype()));
  check(x.numel() > 0, "{}: x {} is empty", op, x.shape());
  check(!target.requires_grad(), "{}: the target requires a gradient; pass target.detach()", op);
  const auto n = static_cast<double>(x.numel());
  const double total = dispatch(x.dtype(), [&]<class T>(T) {
    const T *xs = x.data<T>(), *targets = target.data<T>();
    return kernels::sum(x.numel(), [=](std::int64_t i) { return value(xs[i], targets[i]); });
  });
  return record(op, Tensor::scalar(total / n, x.dtype()), {&x},
                [x, target, slope, n](Tensor dy) -> Gradients {
                  const double scale = dy.item() / n;
                  const auto rule = [=]<class T>(T v, T t) {
                    return static_cast<T>(scale) * slope(v, t);
                  };
                  return {kernels::map(rule, x, target)};
                });
}

}  // namespace

Tensor softmax(const Tensor& x, int axis) {
  const kernels::AxisRows rows = rows_along(axis, x.shape());
  Tensor y = Tensor::empty(x.shape(), x.dtype());
  dispatch(x.dtype(),
           [&]<class T>(T) { kernels::softmax(rows, x.data<T>(), y.mutable_data<T>()); });
  return record("softmax", y, {&x}, [y, rows](Tensor dy) -> Gradients {
    Tensor dx = Tensor::empty(y.shape(), y.dtype());
    dispatch(y.dtype(), [&]<class T>(T) {
      kernels::softmax_backward(rows, y.data<T>(), dy.data<T>(), dx.mutable_data<T>());
    });
    return {dx};
  });
}

Tensor log_softmax(const Tensor& x, int axis) {
  const kernels::AxisRows rows = rows_along(axis, x.shape());
  Tensor y = Tensor::empty(x.shape(), x.dtype());
  dispatch(x.dtype(),
           [&]<class T>(T) { kernels::log_softmax(rows, x.data<T>(), y.mutable_data<T>()); });
  return record("log_softmax", y, {&x}, [y, rows](Tensor dy) -> Gradients {
    Tensor dx = Tensor::empty(y.shape(), y.dtype());
    dispatch(y.dtype(), [&]<class T>(T) {
      kernels::log_softmax_backward(rows, y.data<T>(), dy.data<T>(), dx.mutable_data<T>());
    });
    return {dx};
  });
}

Tensor cross_entropy(const Tensor& logits, std::span<const std::int32_t> labels,
                     double label_smoothing) {
  check_labels("cross_entropy", logits, labels);
  check(!labels.empty(), "cross_entropy: the batch is empty");
  check(label_smoothing >= 0 && label_smoothing <= 1,
        "cross_entropy: label_smoothing {} is not between 0 and 1", label_smoothing);
  // The probabilities that the loss needs are all but the gradient: finish it now, save only that.
  Tensor gradient = Tensor::empty(logits.shape(), logits.dtype());
  const double total = dispatch(logits.dtype(), [&]<class T>(T) {
    return kernels::cross_entropy(logits.size(1), logits.data<T>(), labels, label_smoothing,
                                  gradient.mutable_data<T>());
  });
  const auto n = static_cast<double>(labels.size());
  return record("cross_entropy", Tensor::scalar(total / n, logits.dtype()), {&logits},
                [gradient, n](Tensor dy) mutable -> Gradients {
                  const double scale = dy.item() / n;
                  const auto rule = [scale]<class T>(T g) { return static_cast<T>(scale) * g; };
                  return {kernels::map_in_place(rule, std::move(gradient))};
                });
}

std::int64_t count_correct(const Tensor& logits, std::span<const std::int32_t> labels) {
  check_labels("count_correct", logits, labels);
  return dispatch(logits.dtype(), [&]<class T>(T) {
    const T* row = logits.data<T>();
    std::int64_t correct = 0;
    for (const std::int32_t label : labels) {
      const T* end = row + logits.size(1);
      const bool ordered = std::none_of(row, end, [](T v) { return std::isnan(v); });
      correct += ordered && std::max_element(row, end) == row + label;
      row = end;
    }
    return correct;
  });
}

Tensor mse(const Tensor& x, const Tensor& target) {
  return mean_loss(
      "mse", x, target, [](auto v, auto t) { return (v - t) * (v - t); },
      [](auto v, auto t) { return 2 * (v - t); });
}

Tensor binary_cross_entropy(const Tensor& x, const Tensor& target) {
  const auto value = []<class T>(T v, T t) {
    check(!(v < 0 || v > 1), "binary_cross_entropy: x holds {}, which is outside [0, 1]", v);
    const auto bounded_log = [](T u) {
      const T log = std::log(u);
      return log < -100 ? T(-100) : log;  // NaN stays NaN
    };
    return -t * bounded_log(v) - (1 - t) * bounded_log(1 - v);
  };
  const auto slope = []<class T>(T v, T t) { return (v - t) / std::max(v * (1 - v), T(1e-12)); };
  return mean_loss("binary_cross_entropy", x, target, value, slope);
}

Tensor binary_cross_entropy_with_logits(const Tensor& x, const Tensor& target) {
  return mean_loss(
      "binary_cross_entropy_with_logits", x, target,
      [](auto v, auto t) { return kernels::softplus(v) - v * t; },
      [](auto v, auto t) { return kernels::sigmoid(v) - t; });
}

}  // namespace keel
