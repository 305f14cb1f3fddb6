#pragma once
// Reductions along some axes of a tensor: in double, in an order that depends on the shape alone.

#include <algorithm>
#include <array>
#include <cstdint>

#include <keel/core/kernels/axis_rows.h>
#include <keel/core/kernels/scratch.h>
#include <keel/core/kernels/sum.h>
#include <keel/core/parallel.h>
#include <keel/core/tensor.h>

namespace keel::kernels {

/// sums[row] = the sum of term(i, row) over the elements i of each row; row = outer index * inner +
/// inner index.
template <class Term>
void sum_rows(const AxisRows& rows, const Term& term, double* sums) {
  constexpr std::int64_t kElementsPerTask = 1 << 14;
  const std::int64_t outer = rows.outer, length = rows.length, inner = rows.inner;
  if (outer * inner == 0) return;
  // A task sums a part of the length, for a band of neighbouring rows. At least 64 elements to a
  // partial sum keep the partial sums small beside what is summed.
  const std::int64_t band = std::min<std::int64_t>(inner, 256);
  const std::int64_t bands = (inner + band - 1) / band;
  const std::int64_t part = std::max<std::int64_t>(64, kElementsPerTask / band);
  const std::int64_t parts = std::max<std::int64_t>(1, (length + part - 1) / part);
  const std::int64_t task_size = std::max<std::int64_t>(1, std::min(length, part) * band);
  const Scratch<double> partial(parts > 1 ? outer * parts * inner : 0);
  double* results = parts > 1 ? partial.data() : sums;
  parallel_for(
      outer * parts * bands, std::max<std::int64_t>(1, kElementsPerTask / task_size),
      [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t task = first; task < last; ++task) {
          const std::int64_t out = task / bands / parts;  // outer index
          const std::int64_t begin = task / bands % parts * part;
          const std::int64_t end = std::min(length, begin + part);
          double* to = results + task / bands * inner;
          if (inner == 1) {
            *to =
                serial_sum(begin, end, [&](std::int64_t i) { return term(out * length + i, out); });
            continue;
          }
          const std::int64_t from_column = task % bands * band;
          const std::int64_t to_column = std::min(inner, from_column + band);
          std::fill(to + from_column, to + to_column, 0.0);
          for (std::int64_t i = begin; i < end; ++i) {
            for (std::int64_t j = from_column; j < to_column; ++j) {
              to[j] += static_cast<double>(term((out * length + i) * inner + j, out * inner + j));
            }
          }
        }
      });
  if (parts == 1) return;
  for (std::int64_t out = 0; out < outer; ++out) {
    for (std::int64_t j = 0; j < inner; ++j) {
      const double* column = results + out * parts * inner + j;
      sums[out * inner + j] =
          serial_sum(0, parts, [&](std::int64_t p) { return column[p * inner]; });
    }
  }
}

/// Which axes are reduced.
using AxisMask = std::array<bool, Shape::kMaxRank>;

/// A tensor laid out so that its reduced axes are neighbours.
struct Reducible {
  Tensor x;         ///< the given one, or a copy with the reduced axes moved last
  AxisRows rows;    ///< of x: a row for each element of the result
  bool moved;       ///< whether x is that copy
  Shape with_ones;  ///< of the result, the reduced axes kept with extent 1
};
Reducible reducible(const Tensor& x, const AxisMask& reduced);

/// The opposite of `moved`: the tensor of shape `shape` whose reduced axes were moved last in
/// `moved`.
Tensor move_back(const Tensor& moved, const Shape& shape, const AxisMask& reduced);

/// The sum of each row of `source`, times `scale`, as a tensor of the given shape.
Tensor row_sums(const Reducible& source, double scale, const Shape& shape);

/// x summed over the axes that `shape`, which broadcasts to x's, has stretched: the gradient of
/// broadcasting. x itself where there are none.
Tensor sum_to(const Tensor& x, const Shape& shape);

/// x, which broadcasts to `shape`, repeated along the axes that are stretched.
Tensor expand(const Tensor& x, const Shape& shape);

}  // namespace keel::kernels
