#pragma once
// Local response normalisation of pixels of C channels.

#include <cstdint>

namespace keel::kernels {

/// s = k + share * sum of x'^2 over `size` channels, of which `before` lie before the channel.
struct ResponseWindow {
  std::int64_t pixels, channels, size, before;
  double share, k, beta;
};

/// y = x s^-beta
template <class T>
void local_response(const ResponseWindow& window, const T* x, T* y);

/// dx = dy s^-beta - 2 beta share x * sum of dy' x' s'^(-beta - 1) over the channels that x is a
/// neighbour of; dx may be dy.
template <class T>
void local_response_backward(const ResponseWindow& window, const T* x, const T* dy, T* dx);

}  // namespace keel::kernels
