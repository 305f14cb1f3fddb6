#include <algorithm>

#include <keel/core/kernels/image_lanes.h>

#define KEEL_ISA_SOURCE <keel/core/kernels/image_lanes.inl.h>
#include <keel/core/kernels/for_each_isa.h>

namespace keel::kernels::direct {
namespace {

// The window of `lanes` images from the first one on, side by side in vectors; zeros outside of the
// images, and for images beyond the last.
void cut_window(const Images& images, std::int64_t first, std::int64_t lanes, const Window& w,
                float* out) {
  const auto side_by_side = select(KEEL_ISA_VARIANTS(interleave));
  const auto put = [&](const float* from, std::int64_t n, float* to) {
    if (lanes == 1) {
      std::copy_n(from, n, to);
    } else {
      side_by_side(from, std::min(lanes, images.count - first), images.size(), n, to);
    }
  };
  const std::int64_t begin = std::clamp<std::int64_t>(-w.left, 0, w.columns);
  const std::int64_t end = std::clamp<std::int64_t>(images.width - w.left, 0, w.columns);
  const std::int64_t pixel_size = images.values * lanes, row_size = w.columns * pixel_size;
  for (std::int64_t r = w.top; r < w.top + w.rows; ++r, out += row_size) {
    if (r < 0 || r >= images.height || begin >= end) {
      std::fill_n(out, row_size, 0.0f);
      continue;
    }
    // The row itself may begin in front of the image, and with it of the array.
    const float* inside =
        images.data + first * images.size() + (r * images.width + w.left + begin) * images.pixel;
    std::fill(out, out + begin * pixel_size, 0.0f);
    if (images.contiguous()) {
      put(inside, (end - begin) * images.values, out + begin * pixel_size);
    } else {
      for (std::int64_t p = begin; p < end; ++p, inside += images.pixel) {
        put(inside, images.values, out + p * pixel_size);
      }
    }
    std::fill(out + end * pixel_size, out + row_size, 0.0f);
  }
}

}  // namespace

Windows::Windows(const Images& images, std::int64_t lanes, const Window& window)
    : images_(images),
      lanes_(lanes),
      window_(window),
      as_it_lies_(images.contiguous() && lanes == 1 && window.top == 0 && window.left == 0 &&
                  window.rows == images.height && window.columns == images.width),
      copies_(as_it_lies_ ? 0 : window.rows * window.columns * images.values * lanes) {}

const float* Windows::of(std::int64_t first) const {
  if (as_it_lies_) return images_.data + first * images_.size();
  cut_window(images_, first, lanes_, window_, copies_.mine());
  return copies_.mine();
}

void separate_pixels(const float* from, std::int64_t count, std::int64_t lanes, std::int64_t pixels,
                     std::int64_t values, std::int64_t pixel, float* images) {
  const auto apart = select(KEEL_ISA_VARIANTS(separate));
  if (values == pixel) return apart(from, count, pixels * pixel, pixels * values, images);
  for (std::int64_t p = 0; p < pixels; ++p) {
    apart(from + p * values * lanes, count, pixels * pixel, values, images + p * pixel);
  }
}

LanePool::LanePool(const PoolBehind& pool, std::int64_t lanes)
    : geometry_(pool.geometry),
      relu_(pool.relu),
      pixel_(pool.pixel),
      size_(pool.geometry.out_size()),
      pooled_(size_ * lanes) {
  geometry_.images = 1;
  geometry_.channels *= lanes;
}

void LanePool::forward(std::int64_t first, std::int64_t count, const float* x, float* y) const {
  max_pool_of(geometry_, 1, relu_, x, pooled_.mine(), pixel_ + first * size_);
  select(KEEL_ISA_VARIANTS(separate))(pooled_.mine(), count, size_, size_, y + first * size_);
}

void LanePool::backward(std::int64_t first, std::int64_t count, const float* dy, float* dx) const {
  select(KEEL_ISA_VARIANTS(interleave))(dy + first * size_, count, size_, size_, pooled_.mine());
  max_pool_backward(geometry_, pooled_.mine(), pixel_ + first * size_, dx);
}

GradientImages::GradientImages(const Group& group, std::int64_t lanes, std::int64_t width,
                               const float* dy, const PoolBehind* pool)
    : dy_(dy),
      batch_(group.shape.batch),
      pixels_(group.shape.out_height * group.shape.out_width),
      channels_(group.shape.out_channels),
      pixel_(group.y_pixel),
      lanes_(lanes),
      width_(width),
      as_it_lies_(lanes_ == 1 && width_ == channels_ && channels_ == pixel_),
      copies_(as_it_lies_ ? 0 : pixels_ * width_ * lanes_) {
  if (pool) pool_.emplace(*pool, lanes_);
}

const float* GradientImages::of(std::int64_t first) const {
  if (as_it_lies_) return dy_ + first * pixels_ * pixel_;
  float* to = copies_.mine();
  if (pool_) {
    pool_->backward(first, std::min(lanes_, batch_ - first), dy_, to);
  } else if (lanes_ == 1) {
    for (std::int64_t p = 0; p < pixels_; ++p) {
      const float* from = dy_ + (first * pixels_ + p) * pixel_;
      std::fill(std::copy_n(from, channels_, to + p * width_), to + (p + 1) * width_, 0.0f);
    }
  } else {
    cut_window({dy_, batch_, 1, pixels_, channels_, pixel_}, first, lanes_, {0, 0, 1, pixels_}, to);
  }
  return to;
}

}  // namespace keel::kernels::direct
