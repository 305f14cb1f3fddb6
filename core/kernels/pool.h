#pragma once
// Pooling over windows of NHWC images: loops over raw pointers, parallel over the images.

#include <cstdint>
#include <vector>

namespace keel::kernels {

/// The input rows (or columns) [begin, end) inside the image that one output row (or column) sees.
struct PoolWindow {
  std::int64_t begin, end;
};

struct PoolGeometry {
  std::int64_t images, height, width, channels;
  std::vector<PoolWindow> rows,
      columns;               ///< of each output row and column, at least one, none empty
  std::int64_t divisor = 0;  ///< of averages; 0: the window's number of pixels

  /// Values of an image.
  std::int64_t in_size() const { return height * width * channels; }
  /// Values of an image of the result.
  std::int64_t out_size() const {
    return static_cast<std::int64_t>(rows.size() * columns.size()) * channels;
  }
};

/// Windows of a fixed kernel: output o sees [o stride - padding, o stride - padding + kernel).
std::vector<PoolWindow> strided_windows(std::int64_t size, std::int64_t kernel, std::int64_t stride,
                                        std::int64_t padding);
/// Windows that split `size` as evenly as they can: [floor(o size / out), ceil((o+1) size / out)).
std::vector<PoolWindow> adaptive_windows(std::int64_t size, std::int64_t out);

/// y = the maximum of the window, with `relu` at least 0; NaN wins. pixel = where it is first found
/// (the last NaN), row * width + column; with `relu` -1 where no value is above 0, or NaN wins.
template <class T>
void max_pool(const PoolGeometry& g, bool relu, const T* x, T* y, std::int32_t* pixel);
/// The same for `images` images from the beginning of the arrays, not g.images, by the calling
/// thread alone.
template <class T>
void max_pool_of(const PoolGeometry& g, std::int64_t images, bool relu, const T* x, T* y,
                 std::int32_t* pixel);
/// dx = dy at the pixels that max_pool found, else 0.
template <class T>
void max_pool_backward(const PoolGeometry& g, const T* dy, const std::int32_t* pixel, T* dx);

template <class T>
void average_pool(const PoolGeometry& g, const T* x, T* y);
template <class T>
void average_pool_backward(const PoolGeometry& g, const T* dy, T* dx);

}  // namespace keel::kernels
