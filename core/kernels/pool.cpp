#include <algorithm>
#include <type_traits>

#include <keel/core/kernels/pool.h>
#include <keel/core/parallel.h>

namespace keel::kernels {
namespace {

// What the loops over one image need of a PoolGeometry.
struct PoolImage {
  std::int64_t pixels, width, channels;
  const PoolWindow *rows, *rows_end;
  const PoolWindow *columns, *columns_end;
  std::int64_t divisor;
  bool tiled;    // each window begins where its neighbours end
  bool covered;  // and together they are the whole image
};

}  // namespace
}  // namespace keel::kernels

#define KEEL_ISA_SOURCE <keel/core/kernels/pool.inl.h>
#include <keel/core/kernels/for_each_isa.h>

namespace keel::kernels {
namespace {

bool are_neighbours(const std::vector<PoolWindow>& windows) {
  return std::adjacent_find(windows.begin(), windows.end(), [](PoolWindow a, PoolWindow b) {
           return a.end != b.begin;
         }) == windows.end();
}

bool cover(const std::vector<PoolWindow>& windows, std::int64_t size) {
  return windows.front().begin == 0 && windows.back().end == size;
}

template <class T>
auto max_pool_kernel(bool relu) {
  return relu ? select(KEEL_ISA_VARIANTS(max_pool_image<T, true>))
              : select(KEEL_ISA_VARIANTS(max_pool_image<T, false>));
}

PoolImage image_of(const PoolGeometry& g) {
  const bool tiled = are_neighbours(g.rows) && are_neighbours(g.columns);
  return {g.height * g.width,
          g.width,
          g.channels,
          g.rows.data(),
          g.rows.data() + g.rows.size(),
          g.columns.data(),
          g.columns.data() + g.columns.size(),
          g.divisor,
          tiled,
          tiled && cover(g.rows, g.height) && cover(g.columns, g.width)};
}

// Calls f(image, its first input element, its first output element) for each image. Windows of one
// image may overlap, so only one thread may write to its gradient.
template <class F>
void for_each_image(const PoolGeometry& g, F f) {
  constexpr std::int64_t kElementsPerChunk = 1 << 14;
  const PoolImage image = image_of(g);
  const std::int64_t in = g.in_size(), out = g.out_size();
  const std::int64_t grain =
      std::max<std::int64_t>(1, kElementsPerChunk / std::max<std::int64_t>(1, in));
  parallel_for(g.images, grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) f(image, i * in, i * out);
  });
}

}  // namespace

std::vector<PoolWindow> strided_windows(std::int64_t size, std::int64_t kernel, std::int64_t stride,
                                        std::int64_t padding) {
  std::vector<PoolWindow> windows;
  for (std::int64_t begin = -padding; begin + kernel <= size + padding; begin += stride) {
    windows.push_back({std::max<std::int64_t>(begin, 0), std::min(begin + kernel, size)});
  }
  return windows;
}

std::vector<PoolWindow> adaptive_windows(std::int64_t size, std::int64_t out) {
  std::vector<PoolWindow> windows;
  for (std::int64_t o = 0; o < out; ++o) {
    windows.push_back({o * size / out, ((o + 1) * size + out - 1) / out});
  }
  return windows;
}

template <class T>
void max_pool(const PoolGeometry& g, bool relu, const T* x, T* y, std::int32_t* pixel) {
  const auto kernel = max_pool_kernel<T>(relu);
  for_each_image(g, [=](const PoolImage& image, std::int64_t in, std::int64_t out) {
    kernel(image, x + in, y + out, pixel + out);
  });
}

template <class T>
void max_pool_backward(const PoolGeometry& g, const T* dy, const std::int32_t* pixel, T* dx) {
  const auto kernel = select(KEEL_ISA_VARIANTS(max_pool_backward_image<T>));
  for_each_image(g, [=](const PoolImage& image, std::int64_t in, std::int64_t out) {
    kernel(image, dy + out, pixel + out, dx + in);
  });
}

template <class T>
void max_pool_of(const PoolGeometry& g, std::int64_t images, bool relu, const T* x, T* y,
                 std::int32_t* pixel) {
  const auto kernel = max_pool_kernel<T>(relu);
  const PoolImage image = image_of(g);
  for (std::int64_t i = 0; i < images; ++i) {
    kernel(image, x + i * g.in_size(), y + i * g.out_size(), pixel + i * g.out_size());
  }
}

template <class T>
void average_pool(const PoolGeometry& g, const T* x, T* y) {
  const auto kernel = select(KEEL_ISA_VARIANTS(average_pool_image<T>));
  for_each_image(g, [=](const PoolImage& image, std::int64_t in, std::int64_t out) {
    kernel(image, x + in, y + out);
  });
}

template <class T>
void average_pool_backward(const PoolGeometry& g, const T* dy, T* dx) {
  const auto kernel = select(KEEL_ISA_VARIANTS(average_pool_backward_image<T>));
  for_each_image(g, [=](const PoolImage& image, std::int64_t in, std::int64_t out) {
    kernel(image, dy + out, dx + in);
  });
}

#define KEEL_INSTANTIATE(T)                                                                   \
  template void max_pool<T>(const PoolGeometry&, bool, const T*, T*, std::int32_t*);          \
  template void max_pool_backward<T>(const PoolGeometry&, const T*, const std::int32_t*, T*); \
  template void max_pool_of<T>(const PoolGeometry&, std::int64_t, bool, const T*, T*,         \
                               std::int32_t*);                                                \
  template void average_pool<T>(const PoolGeometry&, const T*, T*);                           \
  template void average_pool_backward<T>(const PoolGeometry&, const T*, T*);
KEEL_INSTANTIATE(float)
KEEL_INSTANTIATE(double)
#undef KEEL_INSTANTIATE

}  // namespace keel::kernels
