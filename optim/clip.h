#pragma once
// Bounds for gradients, applied between backward() and step().

#include <span>

#include <keel/optim/optimizer.h>

namespace keel {

/// Scales all gradients together so that their Euclidean norm is at most max_norm, by PyTorch's
/// factor min(1, max_norm / (norm + 1e-6)), and returns the norm they had. It is summed in double
/// in a fixed order: the same bits for any number of threads. A norm that is not finite is returned
/// and the gradients stay as they are, for whoever looks for the cause.
/// Throws Error unless max_norm is finite and positive.
/// Pascanu, Mikolov, Bengio, "On the difficulty of training recurrent neural networks", ICML 2013.
double clip_grad_norm(std::span<const ParameterGroup> groups, double max_norm);

/// Bounds each element of all gradients to [-max_value, max_value]; NaN stays NaN.
/// Throws Error unless max_value is finite and positive.
void clip_grad_value(std::span<const ParameterGroup> groups, double max_value);

/// Adaptive gradient clipping: the gradient of each filter (each output's weights; of a parameter
/// of one axis, the whole) is scaled so that its Euclidean norm is at most lambda max(|w|, eps),
/// |w| the norm of what it belongs to. A gradient that is not finite stays as it is.
/// Throws Error unless lambda is finite and positive.
/// Brock, De, Smith & Simonyan, "High-Performance Large-Scale Image Recognition Without
/// Normalization", ICML 2021; they leave out the last layer.
void clip_grad_adaptive(std::span<const ParameterGroup> groups, double lambda, double eps = 1e-3);

}  // namespace keel
