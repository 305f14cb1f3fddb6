#include <algorithm>
#include <cmath>
#include <memory>
#include <string_view>

#include <keel/core/autograd.h>
#include <keel/core/kernels/broadcast.h>
#include <keel/core/kernels/reduce.h>
#include <keel/core/ops/reduce.h>

namespace keel {
namespace {

using kernels::AxisMask;
using kernels::Reducible;
using kernels::Scratch;

AxisMask mask_of(std::string_view op, const Tensor& x, const Axes& axes) {
  AxisMask mask{};
  if (axes.empty()) mask.fill(true);
  for (const int axis : axes) {
    bool& reduced = mask[static_cast<std::size_t>(x.shape().axis(axis))];
    check(!reduced, "{}: axis {} of x {} is named twice", op, axis, x.shape());
    reduced = true;
  }
  return mask;
}

Shape result_shape(const Shape& shape, const AxisMask& reduced, bool keep_dims) {
  std::vector<std::int64_t> extents;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (!reduced[static_cast<std::size_t>(axis)]) {
      extents.push_back(shape[axis]);
    } else if (keep_dims) {
      extents.push_back(1);
    }
  }
  return Shape(extents);
}

Tensor scaled_sum(std::string_view op, const Tensor& x, const Reducible& source, double scale,
                  const Shape& shape) {
  return record(
      op, kernels::row_sums(source, scale, shape), {&x},
      [x_shape = x.shape(), with_ones = source.with_ones, scale](const Tensor& dy) -> Gradients {
        const auto rule = [scale]<class T>(T d) { return static_cast<T>(scale) * d; };
        const Tensor scaled = kernels::map(rule, dy);
        return {kernels::expand(TensorAccess::with_shape(scaled, with_ones), x_shape)};
      });
}

// Where each row has its first maximum: a flat index into the rows' tensor.
template <class T>
void find_maxima(const kernels::AxisRows& rows, const T* x, std::int64_t* where) {
  const std::int64_t length = rows.length, inner = rows.inner;
  // Rows that lie side by side are searched together, a line of memory at a time.
  constexpr std::int64_t kLine = 16;
  const std::int64_t grain =
      std::max({std::int64_t{1}, std::min(inner, kLine), (1 << 14) / length});
  parallel_for(rows.outer * inner, grain, [=](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin, stop = 0; row < end; row = stop) {
      const std::int64_t outer = row / inner;
      stop = std::min(end, (outer + 1) * inner);
      const std::int64_t first = outer * length * inner - outer * inner;
      for (std::int64_t r = row; r < stop; ++r) where[r] = first + r;
      for (std::int64_t i = 1; i < length; ++i) {
        for (std::int64_t r = row; r < stop; ++r) {
          const std::int64_t at = first + i * inner + r;
          const T best = x[where[r]];
          if ((x[at] > best || std::isnan(x[at])) && !std::isnan(best)) where[r] = at;
        }
      }
    }
  });
}

}  // namespace

Tensor sum(const Tensor& x, const Axes& axes, bool keep_dims) {
  const AxisMask reduced = mask_of("sum", x, axes);
  return scaled_sum("sum", x, kernels::reducible(x, reduced), 1,
                    result_shape(x.shape(), reduced, keep_dims));
}

Tensor mean(const Tensor& x, const Axes& axes, bool keep_dims) {
  const AxisMask reduced = mask_of("mean", x, axes);
  const Reducible source = kernels::reducible(x, reduced);
  check(source.rows.length > 0, "mean: x {} has no elements to average", x.shape());
  return scaled_sum("mean", x, source, 1 / static_cast<double>(source.rows.length),
                    result_shape(x.shape(), reduced, keep_dims));
}

Tensor max(const Tensor& x, const Axes& axes, bool keep_dims) {
  const AxisMask reduced = mask_of("max", x, axes);
  const Reducible source = kernels::reducible(x, reduced);
  check(source.rows.length > 0, "max: x {} has no elements to choose from", x.shape());
  Tensor y = Tensor::empty(result_shape(x.shape(), reduced, keep_dims), x.dtype());
  const auto where = std::make_shared<Scratch<std::int64_t>>(y.numel());
  dispatch(x.dtype(), [&]<class T>(T) {
    const T* from = source.x.data<T>();
    find_maxima(source.rows, from, where->data());
    std::transform(where->data(), where->data() + y.numel(), y.mutable_data<T>(),
                   [from](std::int64_t i) { return from[i]; });
  });
  return record("max", y, {&x},
                [where, reduced, x_shape = x.shape(), moved = source.moved,
                 rows_shape = source.x.shape()](const Tensor& dy) -> Gradients {
                  Tensor dx = Tensor::zeros(rows_shape, dy.dtype());
                  dispatch(dy.dtype(), [&]<class T>(T) {
                    T* to = dx.mutable_data<T>();
                    for (std::int64_t i = 0; i < dy.numel(); ++i) {
                      to[where->data()[i]] = dy.data<T>()[i];
                    }
                  });
                  return {moved ? kernels::move_back(dx, x_shape, reduced) : dx};
                });
}

Tensor variance(const Tensor& x, const Axes& axes, bool keep_dims, std::int64_t correction) {
  const AxisMask reduced = mask_of("variance", x, axes);
  const Reducible source = kernels::reducible(x, reduced);
  const std::int64_t n = source.rows.length;
  check(n > correction, "variance: {} element(s) of x {} are too few for correction {}", n,
        x.shape(), correction);
  const double scale = 1 / static_cast<double>(n - correction);
  Tensor y = Tensor::empty(result_shape(x.shape(), reduced, keep_dims), x.dtype());
  Tensor mean = Tensor::empty(source.with_ones, x.dtype());
  const Scratch<double> means(y.numel()), squares(y.numel());
  dispatch(x.dtype(), [&]<class T>(T) {
    const T* from = source.x.data<T>();
    double *m = means.data(), *s = squares.data();
    kernels::sum_rows(
        source.rows, [=](std::int64_t i, std::int64_t) { return from[i]; }, m);
    for (std::int64_t row = 0; row < y.numel(); ++row) m[row] /= static_cast<double>(n);
    const auto square = [=](std::int64_t i, std::int64_t row) {
      const double centred = static_cast<double>(from[i]) - m[row];
      return centred * centred;
    };
    kernels::sum_rows(source.rows, square, s);
    for (std::int64_t row = 0; row < y.numel(); ++row) {
      y.mutable_data<T>()[row] = static_cast<T>(scale * s[row]);
      mean.mutable_data<T>()[row] = static_cast<T>(m[row]);
    }
  });
  return record("variance", y, {&x}, [x, mean, scale](const Tensor& dy) -> Gradients {
    const auto difference = [](auto v, auto m) { return v - m; };
    const auto product = [scale]<class T>(T v, T d) { return static_cast<T>(2 * scale) * v * d; };
    return {kernels::broadcast_map(product, kernels::broadcast_map(difference, x, mean),
                                   TensorAccess::with_shape(dy, mean.shape()))};
  });
}

}  // namespace keel
