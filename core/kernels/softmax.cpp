#include <algorithm>
#include <cmath>
#include <vector>

#include <keel/core/kernels/exponential.h>
#include <keel/core/kernels/map.h>
#include <keel/core/kernels/softmax.h>
#include <keel/core/kernels/sum.h>
#include <keel/core/parallel.h>

namespace keel::kernels {
namespace {

// Rows per chunk of work: an element costs an exponential.
std::int64_t grain_for(std::int64_t row_length) {
  return std::max<std::int64_t>(1, 4096 / std::max<std::int64_t>(1, row_length));
}

// Calls f(first) for the offset of each row's first element.
template <class F>
void for_each_row(const AxisRows& rows, F f) {
  if (rows.length == 0) return;
  parallel_for(rows.outer * rows.inner, grain_for(rows.length),
               [&](std::int64_t begin, std::int64_t end) {
                 for (std::int64_t row = begin; row < end; ++row) {
                   f(row / rows.inner * rows.length * rows.inner + row % rows.inner);
                 }
               });
}

// y_j = exp(x_j - largest); returns their sum. Of rows whose elements are neighbours, as the last
// axis has them, the loop is one over vectors.
template <class T>
double exponentials(const T* x, std::int64_t n, std::int64_t stride, T largest, T* y) {
  if (stride == 1) {
    for_each_index(n, [=](std::int64_t j) { y[j] = exponential(x[j] - largest); });
  } else {
    for (std::int64_t j = 0; j < n; ++j) y[j * stride] = exponential(x[j * stride] - largest);
  }
  double total = 0;
  for (std::int64_t j = 0; j < n; ++j) total += static_cast<double>(y[j * stride]);
  return total;
}

// The largest of n elements, `stride` apart. NaN may be lost: its exponential is NaN all the same.
template <class T>
T largest_of(const T* x, std::int64_t n, std::int64_t stride) {
  T largest = x[0];
  for (std::int64_t j = 1; j < n; ++j) largest = std::max(largest, x[j * stride]);
  return largest;
}

}  // namespace

template <class T>
void softmax(const AxisRows& rows, const T* x, T* y) {
  const std::int64_t length = rows.length, stride = rows.inner;
  for_each_row(rows, [=](std::int64_t first) {
    const T* from = x + first;
    T* to = y + first;
    const T largest = largest_of(from, length, stride);
    const T scale = static_cast<T>(1 / exponentials(from, length, stride, largest, to));
    for (std::int64_t j = 0; j < length; ++j) to[j * stride] *= scale;
  });
}

template <class T>
void softmax_backward(const AxisRows& rows, const T* y, const T* dy, T* dx) {
  const std::int64_t length = rows.length, stride = rows.inner;
  for_each_row(rows, [=](std::int64_t first) {
    const auto at = [=](std::int64_t j) { return first + j * stride; };
    const T projection =
        static_cast<T>(serial_sum(0, length, [&](std::int64_t j) { return dy[at(j)] * y[at(j)]; }));
    for (std::int64_t j = 0; j < length; ++j) dx[at(j)] = y[at(j)] * (dy[at(j)] - projection);
  });
}

template <class T>
void log_softmax(const AxisRows& rows, const T* x, T* y) {
  const std::int64_t length = rows.length, stride = rows.inner;
  for_each_row(rows, [=](std::int64_t first) {
    const T* from = x + first;
    T* to = y + first;
    const T largest = largest_of(from, length, stride);
    const T log_sum = static_cast<T>(std::log(exponentials(from, length, stride, largest, to)));
    // In this order: largest + log_sum would lose log_sum's digits where largest is large.
    for (std::int64_t j = 0; j < length; ++j) to[j * stride] = from[j * stride] - largest - log_sum;
  });
}

template <class T>
void log_softmax_backward(const AxisRows& rows, const T* y, const T* dy, T* dx) {
  const std::int64_t length = rows.length, stride = rows.inner;
  for_each_row(rows, [=](std::int64_t first) {
    const auto at = [=](std::int64_t j) { return first + j * stride; };
    const T total =
        static_cast<T>(serial_sum(0, length, [&](std::int64_t j) { return dy[at(j)]; }));
    for (std::int64_t j = 0; j < length; ++j) dx[at(j)] = dy[at(j)] - exponential(y[at(j)]) * total;
  });
}

template <class T>
double cross_entropy(std::int64_t classes, const T* logits, std::span<const std::int32_t> labels,
                     double smoothing, T* gradient) {
  std::vector<double> losses(labels.size());
  const auto n = static_cast<std::int64_t>(labels.size());
  const double uniform = smoothing / static_cast<double>(classes);  // q of every class
  parallel_for(n, grain_for(classes), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      const T* x = logits + row * classes;
      T* dx = gradient + row * classes;
      const auto label = static_cast<std::int64_t>(labels[static_cast<std::size_t>(row)]);
      const T largest = largest_of(x, classes, 1);
      const double total = exponentials(x, classes, 1, largest, dx);
      // The target's mean logit, relative to the largest.
      double target = (1 - smoothing) * static_cast<double>(x[label] - largest);
      if (smoothing > 0) {  // else an infinite logit would make it NaN
        target += uniform * serial_sum(0, classes, [&](std::int64_t j) { return x[j] - largest; });
      }
      losses[static_cast<std::size_t>(row)] = std::log(total) - target;
      const T scale = static_cast<T>(1 / total);
      for (std::int64_t j = 0; j < classes; ++j) dx[j] = dx[j] * scale - static_cast<T>(uniform);
      dx[label] -= static_cast<T>(1 - smoothing);
    }
  });
  return sum(n, [&](std::int64_t row) { return losses[static_cast<std::size_t>(row)]; });
}

template void softmax(const AxisRows&, const float*, float*);
template void softmax(const AxisRows&, const double*, double*);
template void softmax_backward(const AxisRows&, const float*, const float*, float*);
template void softmax_backward(const AxisRows&, const double*, const double*, double*);
template void log_softmax(const AxisRows&, const float*, float*);
template void log_softmax(const AxisRows&, const double*, double*);
template void log_softmax_backward(const AxisRows&, const float*, const float*, float*);
template void log_softmax_backward(const AxisRows&, const double*, const double*, double*);
template double cross_entropy(std::int64_t, const float*, std::span<const std::int32_t>, double,
                              float*);
template double cross_entropy(std::int64_t, const double*, std::span<const std::int32_t>, double,
                              double*);

}  // namespace keel::kernels
