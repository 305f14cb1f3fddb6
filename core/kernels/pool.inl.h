// Pooling of one image, for one instruction set.

namespace keel::kernels::KEEL_ISA {

// What one output pixel is computed from.
struct Window {
  PoolWindow rows, columns;
  std::int64_t output;
};

// Calls visit(pixel) for each pixel of a window, pixel = row * width + column.
template <class Visit>
inline void for_each_pixel(const PoolImage& image, const Window& window, Visit visit) {
  const PoolWindow rows = window.rows, columns = window.columns;
  if (rows.end - rows.begin == 2 && columns.end - columns.begin == 2) {  // the usual, unrolled
    const std::int64_t first = rows.begin * image.width + columns.begin;
    visit(first), visit(first + 1), visit(first + image.width), visit(first + image.width + 1);
    return;
  }
  for (std::int64_t row = rows.begin; row < rows.end; ++row) {
    for (std::int64_t column = columns.begin; column < columns.end; ++column) {
      visit(row * image.width + column);
    }
  }
}

template <class T>
inline T divisor_of(const PoolImage& image, const Window& window) {
  const std::int64_t pixels =
      (window.rows.end - window.rows.begin) * (window.columns.end - window.columns.begin);
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

// f(Chunk, first channel) over all channels: sixteen at a time, and before them what is left, in
// one chunk that may exceed it into the next pixel's first channels or in several that do not.
template <class T, class F>
inline void for_each_chunk(std::int64_t channels, bool may_exceed, F f) {
  const std::int64_t whole = channels / 16 * 16, rest = channels - whole;
  if (may_exceed && rest > 8) {
    f(Chunk<T, 16>{}, whole);
  } else if (may_exceed && rest > 4) {
    f(Chunk<T, 8>{}, whole);
  } else if (may_exceed && rest > 2) {
    f(Chunk<T, 4>{}, whole);
  } else {
    std::int64_t c = whole;
    if (rest & 8) f(Chunk<T, 8>{}, c), c += 8;
    if (rest & 4) f(Chunk<T, 4>{}, c), c += 4;
    if (rest & 2) f(Chunk<T, 2>{}, c), c += 2;
    if (rest & 1) f(Chunk<T, 1>{}, c);
  }
  for (std::int64_t c = 0; c < whole; c += 16) f(Chunk<T, 16>{}, c);
}

// Whether that is a single call, where the chunk may exceed the channels.
inline bool is_one_chunk(std::int64_t channels) {
  return 2 < channels && channels < 16;
}

// f(window, Chunk, first channel) for all channels of each output pixel. Values of the next pixel,
// too, may be read, and written because they are written again later, where the next window begins
// at this one's end. Where one such chunk takes all channels of a pixel, its width is chosen once
// for a row of windows.
template <class T, class F>
inline void for_each_window(const PoolImage& image, F f) {
  std::int64_t output = 0;
  for (const PoolWindow* rows = image.rows; rows != image.rows_end; ++rows) {
    const PoolWindow* columns = image.columns;
    const PoolWindow* const last = image.columns_end - 1;
    if (image.tiled && is_one_chunk(image.channels)) {
      for_each_chunk<T>(image.channels, true, [&](auto chunk, std::int64_t c) {
        for (; columns != last; ++columns) f(Window{*rows, *columns, output++}, chunk, c);
      });
    }
    for (; columns != image.columns_end; ++columns, ++output) {
      for_each_chunk<T>(image.channels, image.tiled && columns != last,
                        [&](auto chunk, std::int64_t c) {
                          f(Window{*rows, *columns, output}, chunk, c);
                        });
    }
  }
}

// Gradients start from 0 where not each of them is written.
template <class T>
inline void clear(const PoolImage& image, T* dx) {
  if (image.covered) return;
  for (std::int64_t i = 0; i < image.pixels * image.channels; ++i) dx[i] = 0;
}

// Where Relu, 0 competes, too, and has no pixel: -1. Nor has NaN, to whose gradient a ReLU is shut.
template <class T, bool Relu>
[[gnu::flatten]] void max_pool_image(const PoolImage& image, const T* x, T* y,
                                     std::int32_t* pixel) {
  const std::int64_t channels = image.channels;
  for_each_window<T>(image, [&](const Window& window, auto chunk, std::int64_t c) {
    const std::int64_t first = window.rows.begin * image.width + window.columns.begin;
    const std::int64_t at = window.output * channels + c;
    auto largest = chunk.load(x + first * channels + c);
    auto where = chunk.pixel(first);
    if constexpr (Relu) {
      largest = decltype(largest){};
      where = chunk.pixel(-1);
    }
    for_each_pixel(image, window, [&](std::int64_t p) {
      const auto value = chunk.load(x + p * channels + c);
      // NaN passes through: it alone differs from itself.
      // NOLINTNEXTLINE(misc-redundant-expression)
      const auto nan = value != value;
      const auto better = (value > largest) | nan;
      largest = better ? value : largest;
      where = better ? chunk.pixel(p) : where;
      if constexpr (Relu) where |= nan;
    });
    chunk.store(y + at, largest);
    chunk.store_pixels(pixel + at, where);
  });
}

template <class T>
[[gnu::flatten]] void max_pool_backward_image(const PoolImage& image, const T* dy,
                                              const std::int32_t* pixel, T* dx) {
  const std::int64_t channels = image.channels;
  clear(image, dx);
  for_each_window<T>(image, [&](const Window& window, auto chunk, std::int64_t c) {
    const std::int64_t at = window.output * channels + c;
    const auto gradient = chunk.load(dy + at);
    const auto where = chunk.load_pixels(pixel + at);
    for_each_pixel(image, window, [&](std::int64_t p) {
      T* to = dx + p * channels + c;
      const auto share = where == chunk.pixel(p) ? gradient : decltype(gradient){};
      chunk.store(to, image.tiled ? share : chunk.load(to) + share);
    });
  });
}

template <class T>
[[gnu::flatten]] void average_pool_image(const PoolImage& image, const T* x, T* y) {
  const std::int64_t channels = image.channels;
  for_each_window<T>(image, [&](const Window& window, auto chunk, std::int64_t c) {
    typename decltype(chunk)::Values sum{};
    for_each_pixel(image, window, [&](std::int64_t p) { sum += chunk.load(x + p * channels + c); });
    chunk.store(y + window.output * channels + c, sum / divisor_of<T>(image, window));
  });
}

template <class T>
[[gnu::flatten]] void average_pool_backward_image(const PoolImage& image, const T* dy, T* dx) {
  const std::int64_t channels = image.channels;
  clear(image, dx);
  for_each_window<T>(image, [&](const Window& window, auto chunk, std::int64_t c) {
    const auto gradient = chunk.load(dy + window.output * channels + c);
    const auto share = gradient * (1 / divisor_of<T>(image, window));
    for_each_pixel(image, window, [&](std::int64_t p) {
      T* to = dx + p * channels + c;
      chunk.store(to, image.tiled ? share : chunk.load(to) + share);
    });
  });
}

}  // namespace keel::kernels::KEEL_ISA
