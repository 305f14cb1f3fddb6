// Pooling of one image, for one instruction set.

namespace keel::kernels::KEEL_ISA {

// Calls visit(window of rows, window of columns, output pixel) for each output pixel.
template <class Visit>
inline void for_each_window(const PoolImage& image, Visit visit) {
  std::int64_t output = 0;
  for (const PoolWindow* rows = image.rows; rows != image.rows_end; ++rows) {
    for (const PoolWindow* columns = image.columns; columns != image.columns_end; ++columns) {
      visit(*rows, *columns, output++);
    }
  }
}

// Calls visit(pixel) for each pixel of a window, pixel = row * width + column.
template <class Visit>
inline void for_each_pixel(const PoolImage& image, PoolWindow rows, PoolWindow columns,
                           Visit visit) {
  for (std::int64_t row = rows.begin; row < rows.end; ++row) {
    for (std::int64_t column = columns.begin; column < columns.end; ++column) {
      visit(row * image.width + column);
    }
  }
}

template <class T>
inline T divisor_of(const PoolImage& image, PoolWindow rows, PoolWindow columns) {
  const std::int64_t pixels = (rows.end - rows.begin) * (columns.end - columns.begin);
  return static_cast<T>(image.divisor > 0 ? image.divisor : pixels);
}

// The loops over the channels of one pixel, free of aliases so that they become vector code.

template <class T>
inline void take(const T* __restrict x, std::int32_t pixel, std::int64_t channels,
                 T* __restrict largest, std::int32_t* __restrict where) {
  for (std::int64_t c = 0; c < channels; ++c) {
    largest[c] = x[c];
    where[c] = pixel;
  }
}

template <class T>
inline void take_larger(const T* __restrict x, std::int32_t pixel, std::int64_t channels,
                        T* __restrict largest, std::int32_t* __restrict where) {
  for (std::int64_t c = 0; c < channels; ++c) {
    const bool better = (x[c] > largest[c]) | (x[c] != x[c]);
    largest[c] = better ? x[c] : largest[c];
    where[c] = better ? pixel : where[c];
  }
}

template <class T>
inline void add_where(const T* __restrict dy, const std::int32_t* __restrict where,
                      std::int32_t pixel, std::int64_t channels, T* __restrict dx) {
  for (std::int64_t c = 0; c < channels; ++c) {
    const T d = dy[c];  // read in any case: a load under a condition would not vectorise
    dx[c] += where[c] == pixel ? d : T(0);
  }
}

template <class T>
inline void add_scaled(const T* __restrict x, T scale, std::int64_t channels, T* __restrict sum) {
  for (std::int64_t c = 0; c < channels; ++c) sum[c] += scale * x[c];
}

template <class T>
inline void clear(std::int64_t n, T* x) {
  for (std::int64_t i = 0; i < n; ++i) x[i] = 0;
}

template <class T>
void max_pool_image(const PoolImage& image, const T* x, T* y, std::int32_t* pixel) {
  const std::int64_t channels = image.channels;
  for_each_window(image, [&](PoolWindow rows, PoolWindow columns, std::int64_t output) {
    T* largest = y + output * channels;
    std::int32_t* where = pixel + output * channels;
    const std::int64_t first = rows.begin * image.width + columns.begin;
    take(x + first * channels, static_cast<std::int32_t>(first), channels, largest, where);
    for_each_pixel(image, rows, columns, [&](std::int64_t p) {
      if (p == first) return;
      take_larger(x + p * channels, static_cast<std::int32_t>(p), channels, largest, where);
    });
  });
}

template <class T>
void max_pool_backward_image(const PoolImage& image, const T* dy, const std::int32_t* pixel,
                             T* dx) {
  const std::int64_t channels = image.channels;
  clear(image.pixels * channels, dx);
  for_each_window(image, [&](PoolWindow rows, PoolWindow columns, std::int64_t output) {
    const std::int64_t from = output * channels;
    for_each_pixel(image, rows, columns, [&](std::int64_t p) {
      add_where(dy + from, pixel + from, static_cast<std::int32_t>(p), channels, dx + p * channels);
    });
  });
}

template <class T>
void average_pool_image(const PoolImage& image, const T* x, T* y) {
  const std::int64_t channels = image.channels;
  for_each_window(image, [&](PoolWindow rows, PoolWindow columns, std::int64_t output) {
    T* mean = y + output * channels;
    clear(channels, mean);
    for_each_pixel(image, rows, columns,
                   [&](std::int64_t p) { add_scaled(x + p * channels, T(1), channels, mean); });
    const T divisor = divisor_of<T>(image, rows, columns);
    for (std::int64_t c = 0; c < channels; ++c) mean[c] /= divisor;
  });
}

template <class T>
void average_pool_backward_image(const PoolImage& image, const T* dy, T* dx) {
  const std::int64_t channels = image.channels;
  clear(image.pixels * channels, dx);
  for_each_window(image, [&](PoolWindow rows, PoolWindow columns, std::int64_t output) {
    const T scale = 1 / divisor_of<T>(image, rows, columns);
    for_each_pixel(image, rows, columns, [&](std::int64_t p) {
      add_scaled(dy + output * channels, scale, channels, dx + p * channels);
    });
  });
}

}  // namespace keel::kernels::KEEL_ISA
