#pragma once
// What normalisations beyond `normalize` are made of: statistics of rows, in float64 so that
// neither squares overflow nor offsets cancel, and one pass that applies coefficients made from
// them.

#include <keel/core/ops/normalize.h>
#include <keel/core/tensor.h>

namespace keel {

struct Moments {
  Tensor mean, var;    ///< float64; var is biased (divided by count)
  std::int64_t count;  ///< elements per row
};

/// Mean and variance of each row. Shape: x [N, ..., C] -> [C] without groups, else [N, groups].
/// Throws Error where x is empty or C does not divide into the groups.
Moments moments(const Tensor& x, StatisticsRows rows);
/// The mean of x^2 of each row. Shape: as those.
Tensor mean_square(const Moments& rows);
/// A value per sample and group as one per sample and channel. Shape: [N, groups] -> [N, channels].
/// Throws Error where the channels do not divide into the groups.
Tensor spread_over_channels(const Tensor& per_group, std::int64_t channels);

/// y = (x - center) scale + shift. Shape: x [N, ..., C]; of the others, float64, each is [C], or
/// [N, C] with values for each sample; center and shift may be undefined (0) -> y like x.
/// Throws Error where x is empty, scale is undefined, or shapes or dtypes do not fit.
Tensor affine(const Tensor& x, const Tensor& center, const Tensor& scale, const Tensor& shift);

}  // namespace keel
