#pragma once
// Feature maps seen so that what shares a statistic lies along fixed axes. Nothing is copied.

#include <keel/core/ops/reduce.h>
#include <keel/core/ops/shape_ops.h>

namespace keel {

/// A view of x and the axes to reduce it over, keeping them.
struct RowView {
  Tensor x;
  Axes axes;
};

/// A row per channel, over all samples and pixels: [N P, C], axis 0.
RowView channel_rows(const Tensor& x);
/// A row per sample and group of contiguous channels: [N, P, G, C / G], axes 1 and 3. One group: a
/// row per sample. Throws Error where the groups do not divide the channels.
RowView group_rows(const Tensor& x, std::int64_t groups);

}  // namespace keel
