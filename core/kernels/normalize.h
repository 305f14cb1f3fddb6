#pragma once
// Normalisation as passes over pixels of C channels. A block of pixels is what one thread handles
// and what one set of per-channel coefficients applies to.

#include <cstdint>

namespace keel::kernels {

/// x as `pixels` rows of `channels`, cut into blocks of `block` pixels (the last may be shorter).
struct PixelBlocks {
  std::int64_t pixels, channels, block;

  std::int64_t count() const { return (pixels + block - 1) / block; }
  std::int64_t size(std::int64_t i) const { return i + 1 < count() ? block : pixels - i * block; }
};

/// Per block and channel: the mean, and m2 = sum of (x - mean)^2. Results are [count(), C].
template <class T>
void block_moments(const PixelBlocks& blocks, const T* x, double* mean, double* m2);

/// y = (x - center) scale + shift. Coefficients are [C], or [count(), C] when `per_block`.
template <class T>
void block_affine(const PixelBlocks& blocks, bool per_block, const T* x, const T* center,
                  const T* scale, const T* shift, T* y);

/// Per block and channel: the sums of dy and of dy (x - center). Results are [count(), C].
template <class T>
void block_products(const PixelBlocks& blocks, bool per_block, const T* x, const T* dy,
                    const T* center, double* sum, double* product);

/// dx = dy scale + (x - center) slope + shift; dx may be dy.
template <class T>
void block_backward(const PixelBlocks& blocks, bool per_block, const T* x, const T* dy,
                    const T* center, const T* scale, const T* slope, const T* shift, T* dx);

}  // namespace keel::kernels
