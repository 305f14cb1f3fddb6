#pragma once

#include <cstdint>

#include <keel/core/kernels/pool.h>

namespace keel::kernels {

/// A max pool behind another op, in the same pass.
struct PoolBehind {
  PoolGeometry geometry;  ///< of what the op gives
  bool relu;              ///< as for max_pool()
  std::int32_t* pixel;    ///< where the maxima lie, from forward for backward
};

}  // namespace keel::kernels
