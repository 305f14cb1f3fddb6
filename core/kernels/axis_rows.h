#pragma once
// A tensor as rows along some of its axes.

#include <cstdint>

#include <keel/core/shape.h>

namespace keel::kernels {

/// A tensor seen as [outer, length, inner]: one row is the `length` elements, `inner` apart, at one
/// (outer, inner) position.
struct AxisRows {
  std::int64_t outer = 1, length = 1, inner = 1;
};

/// The rows along the axes first..last-1 taken as one.
inline AxisRows rows_along(const Shape& shape, int first, int last) {
  AxisRows rows;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    (axis < first ? rows.outer : axis < last ? rows.length : rows.inner) *= shape[axis];
  }
  return rows;
}

}  // namespace keel::kernels
