#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include <keel/core/autograd.h>
#include <keel/core/kernels/strided.h>
#include <keel/core/ops/shape_ops.h>

namespace keel {
namespace {

using Position = std::array<std::int64_t, Shape::kMaxRank>;

std::int64_t offset_of(const Position& position, const Shape& shape) {
  const kernels::Strides strides = strides_of(shape);
  std::int64_t offset = 0;
  for (std::size_t axis = 0; axis < position.size(); ++axis) {
    offset += position[axis] * strides[axis];
  }
  return offset;
}

// The block of x that begins at `start` and has the given shape.
Tensor cut(const Tensor& x, const Position& start, const Shape& shape) {
  Tensor y = Tensor::empty(shape, x.dtype());
  dispatch(x.dtype(), [&]<class T>(T) {
    kernels::copy_strided(shape, x.data<T>() + offset_of(start, x.shape()), strides_of(x.shape()),
                          y.mutable_data<T>(), strides_of(shape));
  });
  return y;
}

// Writes x over the block of y that begins at `start`.
void paste(Tensor& y, const Position& start, const Tensor& x) {
  dispatch(x.dtype(), [&]<class T>(T) {
    kernels::copy_strided(x.shape(), x.data<T>(), strides_of(x.shape()),
                          y.mutable_data<T>() + offset_of(start, y.shape()), strides_of(y.shape()));
  });
}

// Zeros of the given shape around x.
Tensor surround(const Tensor& x, const Position& start, const Shape& shape) {
  Tensor y = Tensor::zeros(shape, x.dtype());
  paste(y, start, x);
  return y;
}

Position along(const Shape& shape, int axis, std::int64_t begin) {
  Position position{};
  position[static_cast<std::size_t>(shape.axis(axis))] = begin;
  return position;
}

}  // namespace

Tensor reshape(const Tensor& x, const Shape& shape) {
  check(shape.numel() == x.numel(), "reshape: x {} does not fill shape {}", x.shape(), shape);
  return record("reshape", TensorAccess::with_shape(x, shape), {&x},
                [x_shape = x.shape()](const Tensor& dy) -> Gradients {
                  return {TensorAccess::with_shape(dy, x_shape)};
                });
}

Tensor reshape(const Tensor& x, std::initializer_list<std::int64_t> extents) {
  std::vector<std::int64_t> resolved(extents);
  const auto open = std::find(resolved.begin(), resolved.end(), -1);
  if (open == resolved.end()) return reshape(x, Shape(resolved));
  *open = 1;
  check(std::find(open, resolved.end(), -1) == resolved.end(), "reshape: [{}] has more than one -1",
        fmt::join(extents, ", "));
  const std::int64_t known = Shape(resolved).numel();
  check(known > 0 && x.numel() % known == 0, "reshape: x {} does not fill shape [{}]", x.shape(),
        fmt::join(extents, ", "));
  *open = x.numel() / known;
  return reshape(x, Shape(resolved));
}

Tensor flatten(const Tensor& x, int first_axis) {
  const int first = x.shape().axis(first_axis);
  std::vector<std::int64_t> extents(x.shape().begin(), x.shape().begin() + first);
  std::int64_t rest = 1;
  for (int axis = first; axis < x.rank(); ++axis) rest *= x.size(axis);
  extents.push_back(rest);
  return reshape(x, Shape(extents));
}

Tensor flatten_nchw(const Tensor& x) {
  check(x.rank() == 4, "flatten_nchw: expects x [N, H, W, C], got {}", x.shape());
  const bool same_order = x.size(3) == 1 || (x.size(1) == 1 && x.size(2) == 1);
  return flatten(same_order ? x : permute(x, {0, 3, 1, 2}));
}

Tensor permute(const Tensor& x, const std::vector<int>& axes) {
  std::vector<int> inverse(static_cast<std::size_t>(x.rank()), -1);
  std::array<std::int64_t, Shape::kMaxRank> extents{};
  kernels::Strides strides{};
  bool valid = axes.size() == inverse.size();
  for (std::size_t i = 0; i < axes.size() && valid; ++i) {
    const int from = x.shape().axis(axes[i]);
    valid = std::exchange(inverse[static_cast<std::size_t>(from)], static_cast<int>(i)) == -1;
    extents[i] = x.size(from);
    strides[i] = strides_of(x.shape())[static_cast<std::size_t>(from)];
  }
  check(valid, "permute: axes [{}] do not name each axis of x {} once", fmt::join(axes, ", "),
        x.shape());
  const auto shape = Shape(std::span(extents).first(axes.size()));
  Tensor y = Tensor::empty(shape, x.dtype());
  dispatch(x.dtype(), [&]<class T>(T) {
    kernels::copy_strided(shape, x.data<T>(), strides, y.mutable_data<T>(), strides_of(shape));
  });
  return record("permute", y, {&x},
                [inverse](const Tensor& dy) -> Gradients { return {permute(dy, inverse)}; });
}

Tensor transpose(const Tensor& x, int axis_a, int axis_b) {
  std::vector<int> axes;
  for (int axis = 0; axis < x.rank(); ++axis) axes.push_back(axis);
  std::swap(axes[static_cast<std::size_t>(x.shape().axis(axis_a))],
            axes[static_cast<std::size_t>(x.shape().axis(axis_b))]);
  return permute(x, axes);
}

Tensor concatenate(const std::vector<Tensor>& parts, int axis) {
  check(!parts.empty(), "concatenate: no tensors given");
  Shape shape = parts[0].shape();
  std::vector<const Tensor*> inputs;
  std::vector<Shape> shapes;
  std::vector<bool> needed;
  shape.set(axis, 0);
  for (const Tensor& part : parts) {
    Shape others = part.shape();
    if (others.rank() == shape.rank()) others.set(axis, shape[axis]);
    check(others == shape && part.dtype() == parts[0].dtype(),
          "concatenate: {} {} and {} {} do not fit along axis {}", parts[0].shape(),
          name_of(parts[0].dtype()), part.shape(), name_of(part.dtype()), axis);
    shape.set(axis, shape[axis] + part.size(axis));
    inputs.push_back(&part);
    shapes.push_back(part.shape());
    needed.push_back(part.requires_grad());
  }
  Tensor y = Tensor::empty(shape, parts[0].dtype());
  std::int64_t begin = 0;
  for (const Tensor& part : parts) {
    paste(y, along(shape, axis, begin), part);
    begin += part.size(axis);
  }
  return record("concatenate", y, inputs, [shapes, needed, axis](const Tensor& dy) -> Gradients {
    Gradients gradients(shapes.size());
    std::int64_t start = 0;
    for (std::size_t i = 0; i < shapes.size(); ++i) {
      if (needed[i]) gradients[i] = cut(dy, along(dy.shape(), axis, start), shapes[i]);
      start += shapes[i][axis];
    }
    return gradients;
  });
}

Tensor slice(const Tensor& x, int axis, std::int64_t begin, std::int64_t end) {
  check(0 <= begin && begin <= end && end <= x.size(axis),
        "slice: {}..{} is not within axis {} of x {}", begin, end, axis, x.shape());
  Shape shape = x.shape();
  shape.set(axis, end - begin);
  const Position start = along(shape, axis, begin);
  return record("slice", cut(x, start, shape), {&x},
                [start, x_shape = x.shape()](const Tensor& dy) -> Gradients {
                  return {surround(dy, start, x_shape)};
                });
}

Tensor pad(const Tensor& x, const std::vector<Padding>& paddings) {
  check(static_cast<int>(paddings.size()) == x.rank(), "pad: {} paddings for x {}", paddings.size(),
        x.shape());
  std::vector<std::int64_t> extents;
  Position start{};
  for (const auto& [before, after] : paddings) {
    const auto axis = extents.size();
    check(before >= 0 && after >= 0, "pad: negative padding ({}, {}) of axis {}", before, after,
          axis);
    start[axis] = before;
    extents.push_back(before + x.size(static_cast<int>(axis)) + after);
  }
  return record("pad", surround(x, start, Shape(extents)), {&x},
                [start, x_shape = x.shape()](const Tensor& dy) -> Gradients {
                  return {cut(dy, start, x_shape)};
                });
}

}  // namespace keel
