#pragma once
// Loops over several arrays of one shape whose elements lie any distance apart: what broadcasting,
// permuting, slicing and padding have in common.

#include <algorithm>
#include <array>
#include <cstdint>

#include <keel/core/parallel.h>
#include <keel/core/shape.h>

namespace keel::kernels {

/// Elements between neighbours along each axis.
using Strides = std::array<std::int64_t, Shape::kMaxRank>;

/// The strides that show a contiguous array of shape `from` as one of shape `to`, which it
/// broadcasts to: 0 along stretched axes.
inline Strides broadcast_strides(const Shape& from, const Shape& to) {
  const Strides own = strides_of(from);
  Strides strides{};
  const int missing = to.rank() - from.rank();
  for (int axis = 0; axis < from.rank(); ++axis) {
    if (from[axis] != 1) {
      strides[static_cast<std::size_t>(axis + missing)] = own[static_cast<std::size_t>(axis)];
    }
  }
  return strides;
}

/// The axes of K arrays of one shape, those that lie one behind the other in all of them merged.
template <std::size_t K>
struct MergedAxes {
  std::size_t rank = 0;
  std::array<std::int64_t, Shape::kMaxRank> extents{};
  std::array<Strides, K> strides{};

  MergedAxes(const Shape& shape, const std::array<Strides, K>& original) {
    for (std::size_t axis = 0; axis < static_cast<std::size_t>(shape.rank()); ++axis) {
      const std::int64_t extent = shape[static_cast<int>(axis)];
      if (extent == 1) continue;
      bool follows = rank > 0;
      for (std::size_t k = 0; k < K && follows; ++k) {
        follows = strides[k][rank - 1] == original[k][axis] * extent;
      }
      if (follows) {
        extents[rank - 1] *= extent;
      } else {
        extents[rank++] = extent;
      }
      for (std::size_t k = 0; k < K; ++k) strides[k][rank - 1] = original[k][axis];
    }
    if (rank == 0) extents[rank++] = 1;
  }
};

/// Splits all positions of `shape` into runs along its (merged) last axis and calls
/// f(offsets, steps, length) for each, spread over the threads: array k's elements of the run are
/// offsets[k], offsets[k] + steps[k], ..., `length` of them.
template <std::size_t K, class F>
void for_each_run(const Shape& shape, const std::array<Strides, K>& original, const F& f) {
  constexpr std::int64_t kElementsPerChunk = 1 << 14;
  if (shape.numel() == 0) return;
  const MergedAxes<K> axes(shape, original);
  const std::size_t last = axes.rank - 1;
  const std::int64_t row = axes.extents[last];
  const std::int64_t length = std::min(row, kElementsPerChunk);
  const std::int64_t runs_per_row = (row + length - 1) / length;
  std::array<std::int64_t, K> steps;
  for (std::size_t k = 0; k < K; ++k) steps[k] = axes.strides[k][last];
  const std::int64_t runs = shape.numel() / row * runs_per_row;
  parallel_for(runs, kElementsPerChunk / length, [&](std::int64_t begin, std::int64_t end) {
    // Where the first run lies; the others follow by counting, as division would take longer than
    // a short run.
    std::array<std::int64_t, Shape::kMaxRank> position{};
    std::array<std::int64_t, K> offsets{};
    for (std::int64_t axis = static_cast<std::int64_t>(last) - 1, rest = begin / runs_per_row;
         axis >= 0; --axis) {
      const auto a = static_cast<std::size_t>(axis);
      position[a] = rest % axes.extents[a];
      for (std::size_t k = 0; k < K; ++k) offsets[k] += position[a] * axes.strides[k][a];
      rest /= axes.extents[a];
    }
    std::int64_t start = begin % runs_per_row * length;
    for (std::int64_t run = begin; run < end; ++run) {
      std::array<std::int64_t, K> first;
      for (std::size_t k = 0; k < K; ++k) first[k] = offsets[k] + start * steps[k];
      f(first, steps, std::min(length, row - start));
      start += length;
      if (start < row) continue;
      start = 0;
      for (std::size_t a = last; a-- > 0;) {
        for (std::size_t k = 0; k < K; ++k) offsets[k] += axes.strides[k][a];
        if (++position[a] < axes.extents[a]) break;
        for (std::size_t k = 0; k < K; ++k) offsets[k] -= position[a] * axes.strides[k][a];
        position[a] = 0;
      }
    }
  });
}

/// to[i to_strides] = from[i from_strides] for every position i of `shape`.
template <class T>
void copy_strided(const Shape& shape, const T* from, const Strides& from_strides, T* to,
                  const Strides& to_strides) {
  for_each_run<2>(shape, {from_strides, to_strides},
                  [=](const auto& offsets, const auto& steps, std::int64_t length) {
                    const T* source = from + offsets[0];
                    T* target = to + offsets[1];
                    if (steps[0] == 1 && steps[1] == 1) {
                      std::copy_n(source, length, target);
                    } else {
                      for (std::int64_t i = 0; i < length; ++i) {
                        target[i * steps[1]] = source[i * steps[0]];
                      }
                    }
                  });
}

}  // namespace keel::kernels
