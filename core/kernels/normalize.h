#pragma once
// Normalisation as passes over pixels of C channels. A block of pixels is what one thread handles
// and what one set of per-channel coefficients applies to.

#include <cstdint>

#include <keel/core/kernels/pool_behind.h>

namespace keel::kernels {

/// x as `pixels` rows of `channels`, cut into blocks of `block` pixels (the last may be shorter).
struct PixelBlocks {
  std::int64_t pixels, channels, block;

  std::int64_t count() const { return (pixels + block - 1) / block; }
  std::int64_t size(std::int64_t i) const { return i + 1 < count() ? block : pixels - i * block; }
};

/// y = (x - center) scale + shift, with a ReLU behind it or not. Coefficients are [C], or
/// [count(), C] when `per_block`.
template <class T>
struct Affine {
  const T *center, *scale, *shift;
  bool per_block, relu;
};

/// Per block and channel: the mean, and m2 = sum of (x - mean)^2. Results are [count(), C].
template <class T>
void block_moments(const PixelBlocks& blocks, const T* x, double* mean, double* m2);

template <class T>
void block_affine(const PixelBlocks& blocks, const Affine<T>& affine, const T* x, T* y);

/// The same with a max pool behind, whose input never becomes an array. Its geometry is of the
/// bands of x: the rows of pixels that one row of windows sees, and no other does. With
/// coefficients per block, blocks are of whole bands. The affine has no ReLU, the pool may.
template <class T>
void block_affine_pool(const PixelBlocks& blocks, const Affine<T>& affine, const PoolBehind& pool,
                       const T* x, T* y);

// The gradients know of the ReLU: where it was 0, dy counts as 0.

/// Per block and channel: the sums of dy and of dy (x - center). Results are [count(), C].
template <class T>
void block_products(const PixelBlocks& blocks, const Affine<T>& affine, const T* x, const T* dy,
                    double* sum, double* product);

/// dx = dy scale + (x - center) slope + offset; dx may be dy. Slope and offset lie like the
/// affine's coefficients.
template <class T>
void block_backward(const PixelBlocks& blocks, const Affine<T>& affine, const T* x, const T* dy,
                    const T* slope, const T* offset, T* dx);

}  // namespace keel::kernels
