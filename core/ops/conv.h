#pragma once
// Convolution of images.

#include <keel/core/ops/epilogue.h>
#include <keel/core/tensor.h>

namespace keel {

/// The same for height and width, as everywhere in Keel.
struct Conv2dGeometry {
  std::int64_t stride = 1;
  std::int64_t padding = 0;   ///< zeros on each side
  std::int64_t dilation = 1;  ///< distance between the kernel's taps
  std::int64_t groups = 1;    ///< output channels see only their group's input channels
};

/// y[n, h, w, k] = bias[k] + sum over r, s, c of
///   x[n, h stride + r dilation - padding, w stride + s dilation - padding, c] weight[k, r, s, c]
/// (a cross-correlation, as in every deep-learning framework), c over the channels of k's group.
/// Shape: x [N, H, W, C], weight [K, R, S, C / groups], bias [K] or undefined -> [N, H', W', K],
/// H' = (H + 2 padding - dilation (R - 1) - 1) / stride + 1, rounded down.
/// Throws Error naming the shapes where they, or those of the epilogue's pool, do not fit.
Tensor conv2d(const Tensor& x, const Tensor& weight, const Tensor& bias,
              const Conv2dGeometry& geometry = {}, const Epilogue& epilogue = Epilogue::kNone);

/// Whether conv2d takes the pool into its pass, so that the larger images are neither written nor
/// read: float32 layers of few output channels, on AVX-512 up to ten. False where the shapes do not
/// fit, too.
bool conv2d_takes_pool(const Tensor& x, const Tensor& weight, const Conv2dGeometry& geometry,
                       const Pool2dOptions& pool);

}  // namespace keel
