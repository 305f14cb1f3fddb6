#pragma once
// Dropout: values left out at random.

#include <keel/core/tensor.h>

namespace keel {

/// Inverted dropout: y_i = 0 with probability p, else x_i / (1 - p). Element i is kept or dropped
/// by the 32-bit word `position + i` of the rng's stream alone, so the same rng gives the same
/// mask; the rng does not advance: fork it for every use. Throws Error unless 0 <= p <= 1.
/// Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", 2014.
Tensor dropout(const Tensor& x, double p, const Rng& rng);

}  // namespace keel
