#include <cstdint>
#include <memory>
#include <string_view>

#include <keel/core/autograd.h>
#include <keel/core/kernels/pool.h>
#include <keel/core/kernels/scratch.h>
#include <keel/core/ops/pool.h>
#include <keel/core/ops/pool_geometry.h>

namespace keel {
namespace {

using kernels::PoolGeometry;

PoolGeometry adaptive_geometry(std::string_view op, const Tensor& x, std::int64_t out_height,
                               std::int64_t out_width) {
  check(x.rank() == 4 && x.size(1) > 0 && x.size(2) > 0,
        "{}: expects x [N, H, W, C] with H and W at least 1, got {}", op, x.shape());
  check(out_height >= 1 && out_width >= 1, "{}: output {}x{} must be at least 1x1", op, out_height,
        out_width);
  return {.images = x.size(0),
          .height = x.size(1),
          .width = x.size(2),
          .channels = x.size(3),
          .rows = kernels::adaptive_windows(x.size(1), out_height),
          .columns = kernels::adaptive_windows(x.size(2), out_width)};
}

// `shape` is pooled_shape(g) or a view of it.
Tensor average(std::string_view op, const Tensor& x, const PoolGeometry& g, const Shape& shape) {
  Tensor y = Tensor::empty(shape, x.dtype());
  dispatch(x.dtype(),
           [&]<class T>(T) { kernels::average_pool(g, x.data<T>(), y.mutable_data<T>()); });
  return record(op, y, {&x}, [g, x_shape = x.shape()](Tensor dy) -> Gradients {
    Tensor dx = Tensor::empty(x_shape, dy.dtype());
    dispatch(dy.dtype(), [&]<class T>(T) {
      kernels::average_pool_backward(g, dy.data<T>(), dx.mutable_data<T>());
    });
    return {dx};
  });
}

}  // namespace

Tensor max_pool2d(const Tensor& x, Pool2dOptions options, const Epilogue& epilogue) {
  if (epilogue.pool) {
    return max_pool2d(max_pool2d(x, options, {.relu = epilogue.relu}), *epilogue.pool);
  }
  const PoolGeometry g = max_pool_geometry(x.shape(), options);
  Tensor y = Tensor::empty(pooled_shape(g), x.dtype());
  const auto pixels = std::make_shared<kernels::Scratch<std::int32_t>>(y.numel());
  dispatch(x.dtype(), [&]<class T>(T) {
    kernels::max_pool(g, epilogue.relu, x.data<T>(), y.mutable_data<T>(), pixels->data());
  });
  return record("max_pool2d", y, {&x}, [g, pixels, x_shape = x.shape()](Tensor dy) -> Gradients {
    Tensor dx = Tensor::empty(x_shape, dy.dtype());
    dispatch(dy.dtype(), [&]<class T>(T) {
      kernels::max_pool_backward(g, dy.data<T>(), pixels->data(), dx.mutable_data<T>());
    });
    return {dx};
  });
}

Tensor avg_pool2d(const Tensor& x, Pool2dOptions options) {
  const PoolGeometry g = strided_geometry("avg_pool2d", x.shape(), options);
  return average("avg_pool2d", x, g, pooled_shape(g));
}

Tensor adaptive_avg_pool2d(const Tensor& x, std::int64_t out_height, std::int64_t out_width) {
  const PoolGeometry g = adaptive_geometry("adaptive_avg_pool2d", x, out_height, out_width);
  return average("adaptive_avg_pool2d", x, g, pooled_shape(g));
}

Tensor global_avg_pool2d(const Tensor& x) {
  const PoolGeometry g = adaptive_geometry("global_avg_pool2d", x, 1, 1);
  return average("global_avg_pool2d", x, g, {g.images, g.channels});
}

}  // namespace keel
