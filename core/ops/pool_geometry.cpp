#include <cstdint>
#include <limits>

#include <keel/core/ops/pool_geometry.h>

namespace keel {

kernels::PoolGeometry strided_geometry(std::string_view op, const Shape& x,
                                       const Pool2dOptions& options) {
  const auto [kernel, given_stride, padding, count_include_pad] = options;
  const std::int64_t stride = given_stride == 0 ? kernel : given_stride;
  check(x.rank() == 4 && x[1] > 0 && x[2] > 0,
        "{}: expects x [N, H, W, C] with H and W at least 1, got {}", op, x);
  check(kernel >= 1 && stride >= 1, "{}: kernel {} and stride {} must be at least 1", op, kernel,
        stride);
  check(padding >= 0 && padding <= kernel / 2,
        "{}: padding {} is not between 0 and half the kernel {}", op, padding, kernel);
  check(x[1] + 2 * padding >= kernel && x[2] + 2 * padding >= kernel,
        "{}: kernel {} (padding {}) does not fit into x {}", op, kernel, padding, x);
  return {.images = x[0],
          .height = x[1],
          .width = x[2],
          .channels = x[3],
          .rows = kernels::strided_windows(x[1], kernel, stride, padding),
          .columns = kernels::strided_windows(x[2], kernel, stride, padding),
          .divisor = count_include_pad ? kernel * kernel : 0};
}

kernels::PoolGeometry max_pool_geometry(const Shape& x, const Pool2dOptions& options) {
  kernels::PoolGeometry geometry = strided_geometry("max_pool2d", x, options);
  check(geometry.height * geometry.width <= std::numeric_limits<std::int32_t>::max(),
        "max_pool2d: images of {}x{} have more than 2^31 - 1 pixels", geometry.height,
        geometry.width);
  return geometry;
}

kernels::PoolGeometry band_geometry(const Shape& x, const Pool2dOptions& options) {
  return max_pool_geometry({x[0] * (x[1] / options.kernel), options.kernel, x[2], x[3]}, options);
}

bool bands_fit(const Shape& x, const Pool2dOptions& options) {
  const auto [kernel, stride, padding, count_include_pad] = options;
  return x.rank() == 4 && x.numel() > 0 && kernel >= 1 && (stride == 0 || stride == kernel) &&
         padding == 0 && x[1] % kernel == 0 && x[2] >= kernel &&
         x[1] <= std::numeric_limits<std::int32_t>::max() / x[2];
}

Shape pooled_shape(const kernels::PoolGeometry& g) {
  return {g.images, static_cast<std::int64_t>(g.rows.size()),
          static_cast<std::int64_t>(g.columns.size()), g.channels};
}

}  // namespace keel
