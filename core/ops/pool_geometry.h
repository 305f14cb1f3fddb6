#pragma once
// What pooling ops check, and the windows that they hand to the kernels.

#include <string_view>

#include <keel/core/kernels/pool.h>
#include <keel/core/ops/pool.h>

namespace keel {

/// Of images x [N, H, W, C]. Throws Error naming the op where the window does not fit.
kernels::PoolGeometry strided_geometry(std::string_view op, const Shape& x,
                                       const Pool2dOptions& options);
/// The same for max_pool2d, which numbers the pixels of an image.
kernels::PoolGeometry max_pool_geometry(const Shape& x, const Pool2dOptions& options);
/// With the bands of images x as its images: the rows of pixels that one row of windows sees.
/// Undefined where bands_fit() is false.
kernels::PoolGeometry band_geometry(const Shape& x, const Pool2dOptions& options);
/// Whether a max pool's windows stand side by side, without padding, and their rows fill images x.
bool bands_fit(const Shape& x, const Pool2dOptions& options);
/// The result's shape, [N, H', W', C].
Shape pooled_shape(const kernels::PoolGeometry& geometry);

}  // namespace keel
