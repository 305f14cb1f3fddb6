#pragma once
// Softmax along one axis and what is fused with it: loops over raw pointers, parallel over rows.

#include <cstdint>
#include <span>

#include <keel/core/kernels/axis_rows.h>

namespace keel::kernels {

/// y_j = exp(x_j) / sum over k of exp(x_k), along each row.
template <class T>
void softmax(const AxisRows& rows, const T* x, T* y);
/// dx_j = y_j (dy_j - sum over k of dy_k y_k).
template <class T>
void softmax_backward(const AxisRows& rows, const T* y, const T* dy, T* dx);

/// y_j = x_j - log(sum over k of exp(x_k)), along each row.
template <class T>
void log_softmax(const AxisRows& rows, const T* x, T* y);
/// dx_j = dy_j - exp(y_j) sum over k of dy_k.
template <class T>
void log_softmax_backward(const AxisRows& rows, const T* y, const T* dy, T* dx);

/// Cross-entropy of each row of logits [labels.size(), classes] against
/// q_j = (1 - smoothing) [j == label] + smoothing / classes, summed over the rows; and of that sum
/// the gradient softmax(logits)_j - q_j. The labels lie in 0..classes-1.
template <class T>
double cross_entropy(std::int64_t classes, const T* logits, std::span<const std::int32_t> labels,
                     double smoothing, T* gradient);

}  // namespace keel::kernels
