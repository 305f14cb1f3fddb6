#include <algorithm>

#include <keel/core/kernels/pool.h>
#include <keel/core/parallel.h>

namespace keel::kernels {
namespace {

// One output pixel: its index among all images' outputs, and the window it sees.
struct Output {
  std::int64_t index;
  PoolWindow rows, columns;
};

// Calls visit(image, output) for each output pixel, the images spread over the threads: windows of
// one image may overlap, so only one thread may write to its gradient.
template <class Visit>
void for_each_output(const PoolGeometry& g, Visit visit) {
  constexpr std::int64_t kElementsPerChunk = 1 << 14;
  const std::int64_t elements = std::max<std::int64_t>(1, g.height * g.width * g.channels);
  const std::int64_t grain = std::max<std::int64_t>(1, kElementsPerChunk / elements);
  parallel_for(g.images, grain, [&](std::int64_t first, std::int64_t last) {
    std::int64_t index = first * static_cast<std::int64_t>(g.rows.size() * g.columns.size());
    for (std::int64_t image = first; image < last; ++image) {
      for (const PoolWindow rows : g.rows) {
        for (const PoolWindow columns : g.columns) visit(image, Output{index++, rows, columns});
      }
    }
  });
}

// Calls visit(pixel) for each pixel of the window, pixel = row * width + column.
template <class Visit>
void for_each_pixel(const PoolGeometry& g, const Output& output, Visit visit) {
  for (std::int64_t row = output.rows.begin; row < output.rows.end; ++row) {
    for (std::int64_t column = output.columns.begin; column < output.columns.end; ++column) {
      visit(row * g.width + column);
    }
  }
}

template <class T>
T divisor_of(const PoolGeometry& g, const Output& output) {
  const std::int64_t pixels =
      (output.rows.end - output.rows.begin) * (output.columns.end - output.columns.begin);
  return static_cast<T>(g.divisor > 0 ? g.divisor : pixels);
}

// The loops over the channels of one pixel, free of aliases so that they become vector code.

template <class T>
void keep_larger(const T* __restrict x, std::int32_t pixel, std::int64_t channels,
                 T* __restrict largest, std::int32_t* __restrict where) {
  for (std::int64_t c = 0; c < channels; ++c) {
    const bool better = (x[c] > largest[c]) | (x[c] != x[c]);
    largest[c] = better ? x[c] : largest[c];
    where[c] = better ? pixel : where[c];
  }
}

template <class T>
void add_where(const T* __restrict dy, const std::int32_t* __restrict where, std::int32_t pixel,
               std::int64_t channels, T* __restrict dx) {
  for (std::int64_t c = 0; c < channels; ++c) {
    const T d = dy[c];  // read in any case: a load under a condition would not vectorise
    dx[c] += where[c] == pixel ? d : T(0);
  }
}

template <class T>
void add(const T* __restrict x, std::int64_t channels, T* __restrict sum) {
  for (std::int64_t c = 0; c < channels; ++c) sum[c] += x[c];
}

template <class T>
void add_scaled(const T* __restrict x, T scale, std::int64_t channels, T* __restrict sum) {
  for (std::int64_t c = 0; c < channels; ++c) sum[c] += scale * x[c];
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
void max_pool(const PoolGeometry& g, const T* x, T* y, std::int32_t* pixel) {
  for_each_output(g, [&](std::int64_t image, const Output& output) {
    const T* from = x + image * g.height * g.width * g.channels;
    T* largest = y + output.index * g.channels;
    std::int32_t* where = pixel + output.index * g.channels;
    const std::int64_t first = output.rows.begin * g.width + output.columns.begin;
    std::copy_n(from + first * g.channels, g.channels, largest);
    std::fill_n(where, g.channels, static_cast<std::int32_t>(first));
    for_each_pixel(g, output, [&](std::int64_t p) {
      if (p == first) return;
      keep_larger(from + p * g.channels, static_cast<std::int32_t>(p), g.channels, largest, where);
    });
  });
}

template <class T>
void max_pool_backward(const PoolGeometry& g, const T* dy, const std::int32_t* pixel, T* dx) {
  std::fill_n(dx, g.images * g.height * g.width * g.channels, T(0));
  for_each_output(g, [&](std::int64_t image, const Output& output) {
    T* to = dx + image * g.height * g.width * g.channels;
    for_each_pixel(g, output, [&](std::int64_t p) {
      add_where(dy + output.index * g.channels, pixel + output.index * g.channels,
                static_cast<std::int32_t>(p), g.channels, to + p * g.channels);
    });
  });
}

template <class T>
void average_pool(const PoolGeometry& g, const T* x, T* y) {
  for_each_output(g, [&](std::int64_t image, const Output& output) {
    const T* from = x + image * g.height * g.width * g.channels;
    T* mean = y + output.index * g.channels;
    std::fill_n(mean, g.channels, T(0));
    for_each_pixel(g, output,
                   [&](std::int64_t p) { add(from + p * g.channels, g.channels, mean); });
    const T divisor = divisor_of<T>(g, output);
    for (std::int64_t c = 0; c < g.channels; ++c) mean[c] /= divisor;
  });
}

template <class T>
void average_pool_backward(const PoolGeometry& g, const T* dy, T* dx) {
  std::fill_n(dx, g.images * g.height * g.width * g.channels, T(0));
  for_each_output(g, [&](std::int64_t image, const Output& output) {
    T* to = dx + image * g.height * g.width * g.channels;
    const T scale = 1 / divisor_of<T>(g, output);
    for_each_pixel(g, output, [&](std::int64_t p) {
      add_scaled(dy + output.index * g.channels, scale, g.channels, to + p * g.channels);
    });
  });
}

template void max_pool(const PoolGeometry&, const float*, float*, std::int32_t*);
template void max_pool(const PoolGeometry&, const double*, double*, std::int32_t*);
template void max_pool_backward(const PoolGeometry&, const float*, const std::int32_t*, float*);
template void max_pool_backward(const PoolGeometry&, const double*, const std::int32_t*, double*);
template void average_pool(const PoolGeometry&, const float*, float*);
template void average_pool(const PoolGeometry&, const double*, double*);
template void average_pool_backward(const PoolGeometry&, const float*, float*);
template void average_pool_backward(const PoolGeometry&, const double*, double*);

}  // namespace keel::kernels
