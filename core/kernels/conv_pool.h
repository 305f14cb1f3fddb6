#pragma once

#include <cstdint>

#include <keel/core/kernels/pool.h>

namespace keel::kernels {

/// A max pool behind a convolution, in the same pass.
struct ConvPool {
  PoolGeometry geometry;  ///< of what the convolution gives
  bool relu;              ///< as for max_pool()
  std::int32_t* pixel;    ///< where the maxima lie, from forward for backward
};

}  // namespace keel::kernels
