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
/// The result's shape, [N, H', W', C].
Shape pooled_shape(const kernels::PoolGeometry& geometry);

}  // namespace keel
