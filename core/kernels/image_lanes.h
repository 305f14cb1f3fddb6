#pragma once
// How images lie for the direct loops: windows of them with zeros around, one at a time or side by
// side in the lanes of vectors, and the pool and the gradient of images that lie so.

#include <cstdint>
#include <optional>

#include <keel/core/kernels/correlation.h>
#include <keel/core/kernels/pool_behind.h>
#include <keel/core/kernels/scratch.h>

namespace keel::kernels::direct {

/// Images of one shape, [height, width, values], their pixels `pixel` values apart.
struct Images {
  const float* data;
  std::int64_t count, height, width, values, pixel;

  std::int64_t size() const { return height * width * pixel; }
  bool contiguous() const { return values == pixel; }
};

/// A window of some images: [rows, columns, values, lanes], with zeros outside of the images and
/// for images beyond the last. Where one image is all of it, it is not copied.
class Windows {
 public:
  Windows(const Images& images, std::int64_t lanes, const Window& window);

  /// Of `lanes` images from the first one on; the calling thread's, until it asks again.
  const float* of(std::int64_t first) const;

 private:
  Images images_;
  std::int64_t lanes_;
  Window window_;
  bool as_it_lies_;
  ThreadScratch<float> copies_;
};

/// From [pixels, values, lanes] to `count` images, their pixels `pixel` values apart.
void separate_pixels(const float* from, std::int64_t count, std::int64_t lanes, std::int64_t pixels,
                     std::int64_t values, std::int64_t pixel, float* images);

/// A max pool of images that lie in the lanes: to it they are one image of more channels.
class LanePool {
 public:
  LanePool(const PoolBehind& pool, std::int64_t lanes);

  /// y, as images one after the other, from x [H, W, K, lanes], for `count` images from the first.
  void forward(std::int64_t first, std::int64_t count, const float* x, float* y) const;
  /// dx [H, W, K, lanes] from dy, images one after the other.
  void backward(std::int64_t first, std::int64_t count, const float* dy, float* dx) const;

 private:
  PoolGeometry geometry_;
  bool relu_;
  std::int32_t* pixel_;
  std::int64_t size_;  // of one image
  ThreadScratch<float> pooled_;
};

/// The gradient of what a convolution computes, as its loops read it: [pixels, width, lanes], the
/// channels filled up to the width with zeros. With a pool dy is the gradient of what that gives.
class GradientImages {
 public:
  GradientImages(const Group& group, std::int64_t lanes, std::int64_t width, const float* dy,
                 const PoolBehind* pool);

  /// Of `lanes` images from the first one on; the calling thread's, until it asks again.
  const float* of(std::int64_t first) const;

 private:
  const float* dy_;
  std::int64_t batch_, pixels_, channels_, pixel_, lanes_, width_;
  bool as_it_lies_;
  ThreadScratch<float> copies_;
  std::optional<LanePool> pool_;
};

}  // namespace keel::kernels::direct
