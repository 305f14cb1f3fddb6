#pragma once

#include <cstdint>

#include <keel/core/kernels/pool.h>

namespace keel::kernels {

/// A max pool behind a convolution, in the same pass.
struct ConvPool {
  PoolGeometry geometry;  ///< of what the convolution gives
  bool relu;              ///< as for max_pool()
  std::int32_t* pixel;    ///< where the maxima lie, from forward for backward

  /// Values of an image behind the pool.
  std::int64_t size() const {
    return static_cast<std::int64_t>(geometry.rows.size() * geometry.columns.size()) *
           geometry.channels;
  }
};

}  // namespace keel::kernels
