#pragma once
// The op `normalize` where the elements of a row lie side by side.

#include <keel/core/ops/row_layout.h>

namespace keel::detail {

/// Everything both directions need of the statistics: one entry per row.
struct RowInverses {
  Doubles mean;
  Doubles inverse;  ///< of the deviation, by which the distance from the mean is multiplied
  Doubles slope;    ///< of the inverse against the variance; 0 for constants
};

/// y = gamma (x - mean) inverse + beta, in the name of `op`; the statistics depend on x, the mean
/// only where rows are `centred`. Shape: gamma, beta [C] or undefined (1 and 0) -> y like x.
Tensor normalize_contiguous(const char* op, const kernels::ContiguousRows& rows, bool centred,
                            const Tensor& x, RowInverses inverses, const Tensor& gamma,
                            const Tensor& beta, bool relu);

}  // namespace keel::detail
