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

// N neighbouring channels of a pixel, and as many pixel numbers.
template <class T, int N>
struct Chunk {
  using Values [[gnu::vector_size(N * sizeof(T)), gnu::aligned(sizeof(T)), gnu::may_alias]] = T;
  using Pixels [[gnu::vector_size(N * 4), gnu::aligned(4), gnu::may_alias]] = std::int32_t;
  using Mask = decltype(Values{} > Values{});

  static Values load(const T* p) { return *reinterpret_cast<const Values*>(p); }
  static void store(T* p, Values v) { *reinterpret_cast<Values*>(p) = v; }
  static Mask load_pixels(const std::int32_t* p) {
    return __builtin_convertvector(*reinterpret_cast<const Pixels*>(p), Mask);
  }
  static void store_pixels(std::int32_t* p, Mask pixels) {
    *reinterpret_cast<Pixels*>(p) = __builtin_convertvector(pixels, Pixels);
  }
  static Mask pixel(std::int64_t p) {
    Mask all{};
    return all + static_cast<std::remove_reference_t<decltype(all[0])>>(p);
  }
};

// f(Chunk, first channel) over all channels: sixteen at a time, then by what is left.
template <class T, class F>
inline void for_each_chunk(std::int64_t channels, F f) {
  std::int64_t c = 0;
  for (; c + 16 <= channels; c += 16) f(Chunk<T, 16>{}, c);
  if (channels & 8) f(Chunk<T, 8>{}, c), c += 8;
  if (channels & 4) f(Chunk<T, 4>{}, c), c += 4;
  if (channels & 2) f(Chunk<T, 2>{}, c), c += 2;
  if (channels & 1) f(Chunk<T, 1>{}, c);
}

template <class T>
inline void clear(std::int64_t n, T* x) {
  for (std::int64_t i = 0; i < n; ++i) x[i] = 0;
}

template <class T>
void max_pool_image(const PoolImage& image, const T* x, T* y, std::int32_t* pixel) {
  const std::int64_t channels = image.channels;
  for_each_window(image, [&](PoolWindow rows, PoolWindow columns, std::int64_t output) {
    const std::int64_t first = rows.begin * image.width + columns.begin;
    for_each_chunk<T>(channels, [&](auto chunk, std::int64_t c) {
      auto largest = chunk.load(x + first * channels + c);
      auto where = chunk.pixel(first);
      for_each_pixel(image, rows, columns, [&](std::int64_t p) {
        const auto value = chunk.load(x + p * channels + c);
        // NaN passes through: it alone differs from itself.
        // NOLINTNEXTLINE(misc-redundant-expression)
        const auto better = (value > largest) | (value != value);
        largest = better ? value : largest;
        where = better ? chunk.pixel(p) : where;
      });
      chunk.store(y + output * channels + c, largest);
      chunk.store_pixels(pixel + output * channels + c, where);
    });
  });
}

template <class T>
void max_pool_backward_image(const PoolImage& image, const T* dy, const std::int32_t* pixel,
                             T* dx) {
  const std::int64_t channels = image.channels;
  clear(image.pixels * channels, dx);
  for_each_window(image, [&](PoolWindow rows, PoolWindow columns, std::int64_t output) {
    for_each_chunk<T>(channels, [&](auto chunk, std::int64_t c) {
      const auto gradient = chunk.load(dy + output * channels + c);
      const auto where = chunk.load_pixels(pixel + output * channels + c);
      for_each_pixel(image, rows, columns, [&](std::int64_t p) {
        T* to = dx + p * channels + c;
        const decltype(gradient) none{};
        chunk.store(to, chunk.load(to) + (where == chunk.pixel(p) ? gradient : none));
      });
    });
  });
}

template <class T>
void average_pool_image(const PoolImage& image, const T* x, T* y) {
  const std::int64_t channels = image.channels;
  for_each_window(image, [&](PoolWindow rows, PoolWindow columns, std::int64_t output) {
    const T divisor = divisor_of<T>(image, rows, columns);
    for_each_chunk<T>(channels, [&](auto chunk, std::int64_t c) {
      typename decltype(chunk)::Values sum{};
      for_each_pixel(image, rows, columns,
                     [&](std::int64_t p) { sum += chunk.load(x + p * channels + c); });
      chunk.store(y + output * channels + c, sum / divisor);
    });
  });
}

template <class T>
void average_pool_backward_image(const PoolImage& image, const T* dy, T* dx) {
  const std::int64_t channels = image.channels;
  clear(image.pixels * channels, dx);
  for_each_window(image, [&](PoolWindow rows, PoolWindow columns, std::int64_t output) {
    const T scale = 1 / divisor_of<T>(image, rows, columns);
    for_each_chunk<T>(channels, [&](auto chunk, std::int64_t c) {
      const auto share = chunk.load(dy + output * channels + c) * scale;
      for_each_pixel(image, rows, columns, [&](std::int64_t p) {
        T* to = dx + p * channels + c;
        chunk.store(to, chunk.load(to) + share);
      });
    });
  });
}

}  // namespace keel::kernels::KEEL_ISA
