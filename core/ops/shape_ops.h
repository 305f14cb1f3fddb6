#pragma once
// Ops that move elements and change none.

#include <initializer_list>
#include <vector>

#include <keel/core/tensor.h>

namespace keel {

/// The same elements, in row-major order, in another shape; shares them with x.
/// Throws Error when the number of elements differs.
Tensor reshape(const Tensor& x, const Shape& shape);
/// The same; one extent may be -1: what the others leave.
Tensor reshape(const Tensor& x, std::initializer_list<std::int64_t> extents);

/// Merges the axes from first_axis on: [N, H, W, C] -> [N, H W C]. Shares the elements.
Tensor flatten(const Tensor& x, int first_axis = 1);

/// A feature map as PyTorch flattens it: [N, H, W, C] -> [N, C H W], in C, H, W order.
Tensor flatten_nchw(const Tensor& x);

/// y's axis i is x's axis axes[i]. Throws Error unless axes names each axis of x once.
Tensor permute(const Tensor& x, const std::vector<int>& axes);

/// Exchanges two axes.
Tensor transpose(const Tensor& x, int axis_a, int axis_b);

/// One behind the other along an axis. Throws Error when there is none, or when ranks, other
/// extents or dtypes differ.
Tensor concatenate(const std::vector<Tensor>& parts, int axis);

/// The elements begin <= i < end along an axis. Throws Error unless 0 <= begin <= end <= extent.
Tensor slice(const Tensor& x, int axis, std::int64_t begin, std::int64_t end);

struct Padding {
  std::int64_t before = 0, after = 0;
};
/// x with zeros around it: paddings[i] before and after along axis i.
/// Throws Error unless there is one padding per axis, none of them negative.
Tensor pad(const Tensor& x, const std::vector<Padding>& paddings);

}  // namespace keel
