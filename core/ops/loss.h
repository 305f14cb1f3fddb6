#pragma once
// Losses and the softmax family. A loss is a tensor of shape [].

#include <cstdint>
#include <span>

#include <keel/core/tensor.h>

namespace keel {

/// y_j = exp(x_j) / sum over k of exp(x_k) along the axis. Shape: as x.
/// Throws Error when x has no such axis.
Tensor softmax(const Tensor& x, int axis = -1);

/// log(softmax(x)), without overflow or underflow.
Tensor log_softmax(const Tensor& x, int axis = -1);

/// The mean over the batch of -sum over j of q_j log_softmax(logits)_j, where
/// q_j = (1 - label_smoothing) [j == label] + label_smoothing / C.
/// Shape: logits [N, C], N labels in 0..C-1 -> []. Throws Error naming sample and label when a
/// label is outside that range, and when N is 0, the shapes differ, or label_smoothing is not in
/// [0, 1]. Label smoothing: Szegedy et al., "Rethinking the Inception Architecture", CVPR 2016.
Tensor cross_entropy(const Tensor& logits, std::span<const std::int32_t> labels,
                     double label_smoothing = 0.0);

/// How many samples have their largest logit (the first of several) at their label. A row with a
/// NaN is wrong. Shape and errors: as for cross_entropy, but N may be 0.
std::int64_t count_correct(const Tensor& logits, std::span<const std::int32_t> labels);

// The losses below are means over all elements of x and a constant target of the same shape.
// They throw Error when the shapes or dtypes differ, x is empty, or the target requires a gradient.

/// Mean of (x - target)^2.
Tensor mse(const Tensor& x, const Tensor& target);

/// Mean of -target log(x) - (1 - target) log(1 - x), the logarithms bounded below by -100.
/// Throws Error when an x is outside [0, 1].
Tensor binary_cross_entropy(const Tensor& x, const Tensor& target);

/// binary_cross_entropy(sigmoid(x), target), stable for any x.
Tensor binary_cross_entropy_with_logits(const Tensor& x, const Tensor& target);

}  // namespace keel
