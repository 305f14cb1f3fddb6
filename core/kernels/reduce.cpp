#include <array>
#include <span>
#include <utility>

#include <keel/core/kernels/reduce.h>
#include <keel/core/kernels/strided.h>

namespace keel::kernels {
namespace {

// The extents and strides of x's axes, the kept ones first.
struct KeptFirst {
  Shape shape;
  Strides strides{};
};

KeptFirst kept_first(const Shape& shape, const AxisMask& reduced) {
  const Strides own = strides_of(shape);
  std::array<std::int64_t, Shape::kMaxRank> extents{};
  Strides strides{};
  std::size_t next = 0;
  for (const bool pass : {false, true}) {
    for (int axis = 0; axis < shape.rank(); ++axis) {
      if (reduced[static_cast<std::size_t>(axis)] != pass) continue;
      extents[next] = shape[axis];
      strides[next++] = own[static_cast<std::size_t>(axis)];
    }
  }
  return {Shape(std::span(extents).first(next)), strides};
}

}  // namespace

Reducible reducible(const Tensor& x, const AxisMask& reduced) {
  Shape with_ones = x.shape();
  int first = x.rank(), last = 0, count = 0;
  for (int axis = 0; axis < x.rank(); ++axis) {
    if (!reduced[static_cast<std::size_t>(axis)]) continue;
    with_ones.set(axis, 1);
    first = std::min(first, axis);
    last = axis + 1;
    ++count;
  }
  if (count == 0 || last - first == count) {
    return {x, rows_along(x.shape(), std::min(first, last), last), false, with_ones};
  }
  const KeptFirst order = kept_first(x.shape(), reduced);
  Tensor moved = Tensor::empty(order.shape, x.dtype());
  dispatch(x.dtype(), [&]<class T>(T) {
    copy_strided(order.shape, x.data<T>(), order.strides, moved.mutable_data<T>(),
                 strides_of(order.shape));
  });
  const AxisRows rows = rows_along(order.shape, x.rank() - count, x.rank());
  return {std::move(moved), rows, true, with_ones};
}

Tensor move_back(const Tensor& moved, const Shape& shape, const AxisMask& reduced) {
  const KeptFirst order = kept_first(shape, reduced);
  Tensor x = Tensor::empty(shape, moved.dtype());
  dispatch(x.dtype(), [&]<class T>(T) {
    copy_strided(order.shape, moved.data<T>(), strides_of(order.shape), x.mutable_data<T>(),
                 order.strides);
  });
  return x;
}

Tensor row_sums(const Reducible& source, double scale, const Shape& shape) {
  const Scratch<double> sums(shape.numel());
  Tensor y = Tensor::empty(shape, source.x.dtype());
  dispatch(y.dtype(), [&]<class T>(T) {
    const T* x = source.x.data<T>();
    sum_rows(
        source.rows, [=](std::int64_t i, std::int64_t) { return x[i]; }, sums.data());
    std::transform(sums.data(), sums.data() + y.numel(), y.mutable_data<T>(),
                   [scale](double sum) { return static_cast<T>(scale * sum); });
  });
  return y;
}

Tensor sum_to(const Tensor& x, const Shape& shape) {
  if (x.shape() == shape) return x;
  AxisMask reduced{};
  const int missing = x.rank() - shape.rank();
  for (int axis = 0; axis < x.rank(); ++axis) {
    reduced[static_cast<std::size_t>(axis)] =
        axis < missing || (shape[axis - missing] == 1 && x.size(axis) != 1);
  }
  return row_sums(reducible(x, reduced), 1, shape);
}

Tensor expand(const Tensor& x, const Shape& shape) {
  Tensor y = Tensor::empty(shape, x.dtype());
  dispatch(x.dtype(), [&]<class T>(T) {
    copy_strided(shape, x.data<T>(), broadcast_strides(x.shape(), shape), y.mutable_data<T>(),
                 strides_of(shape));
  });
  return y;
}

}  // namespace keel::kernels
