#include <algorithm>
#include <array>

#include <keel/core/kernels/normalize.h>
#include <keel/core/kernels/side_by_side.h>
#include <keel/core/parallel.h>

#define KEEL_ISA_SOURCE <keel/core/kernels/normalize.inl.h>
#include <keel/core/kernels/for_each_isa.h>

namespace keel::kernels {
namespace {

// How many pieces of so many elements a thread takes at a time: they may be of one pixel.
std::int64_t grain_of(std::int64_t elements) {
  constexpr std::int64_t kGrainElements = 1 << 14;
  return std::max<std::int64_t>(1, kGrainElements / elements);
}

// f(first element of x, first coefficient, pixels) for each block
template <class F>
void for_each_block(const PixelBlocks& blocks, bool per_block, F&& f) {
  parallel_for(blocks.count(), grain_of(blocks.block * blocks.channels),
               [&](std::int64_t begin, std::int64_t end) {
                 for (std::int64_t i = begin; i < end; ++i) {
                   f(i * blocks.block * blocks.channels, per_block ? i * blocks.channels : 0,
                     blocks.size(i));
                 }
               });
}

std::int64_t side_by_side(std::int64_t channels) {
  return pixels_side_by_side(channels, select(KEEL_ISA_VARIANTS(lane_count))());
}

}  // namespace

template <class T>
void block_moments(const PixelBlocks& blocks, const T* x, double* mean, double* m2) {
  const auto kernel = select(KEEL_ISA_VARIANTS(column_moments<T>));
  const std::int64_t channels = blocks.channels, copies = side_by_side(channels);
  const Repeated<T, 1> pivots(channels, copies);
  const Sums<2> all_sums(channels, copies);
  for_each_block(blocks, true, [&](std::int64_t at, std::int64_t row, std::int64_t pixels) {
    const T* pivot = pivots.of({x + at})[0];
    const auto sums = all_sums.zeroed();
    for_each_rows(pixels, channels, copies, [&](auto from, auto rows, auto values) {
      kernel(x + at + from, rows, values, pivot, sums[0], sums[1]);
    });
    all_sums.fold(sums);
    const double count = static_cast<double>(pixels);
    for (std::int64_t c = 0; c < channels; ++c) {
      mean[row + c] = static_cast<double>(pivot[c]) + sums[0][c] / count;
      m2[row + c] = sums[1][c] - sums[0][c] * sums[0][c] / count;
    }
  });
}

template <class T>
void block_affine(const PixelBlocks& blocks, const Affine<T>& affine, const T* x, T* y) {
  const auto kernel = affine.relu ? select(KEEL_ISA_VARIANTS(column_affine<T, true>))
                                  : select(KEEL_ISA_VARIANTS(column_affine<T, false>));
  const std::int64_t channels = blocks.channels, copies = side_by_side(channels);
  const Repeated<T, 3> repeated(channels, copies);
  for_each_block(blocks, affine.per_block, [&](auto at, auto row, auto pixels) {
    const auto c = repeated.of({affine.center + row, affine.scale + row, affine.shift + row});
    for_each_rows(pixels, channels, copies, [&](auto from, auto rows, auto values) {
      kernel(x + at + from, rows, values, c[0], c[1], c[2], y + at + from);
    });
  });
}

template <class T>
void block_affine_pool(const PixelBlocks& blocks, const Affine<T>& affine, const PoolBehind& pool,
                       const T* x, T* y) {
  // Of the affine's result, in the first cache, unless a band is larger.
  constexpr std::int64_t kElements = 1 << 13;
  const auto kernel = select(KEEL_ISA_VARIANTS(column_affine<T, false>));
  const std::int64_t channels = blocks.channels, copies = side_by_side(channels);
  const std::int64_t in = pool.geometry.in_size(), out = pool.geometry.out_size();
  const std::int64_t sets = affine.per_block ? blocks.count() : 1;
  const std::int64_t bands = pool.geometry.images / sets;  // of each set of coefficients
  const std::int64_t together = std::clamp<std::int64_t>(kElements / in, 1, bands);
  const std::int64_t pieces = (bands + together - 1) / together;
  const Repeated<T, 3> repeated(channels, copies);
  const ThreadScratch<T> results(together * in);
  parallel_for(sets * pieces, grain_of(together * in), [&](std::int64_t begin, std::int64_t end) {
    T* result = results.mine();
    std::array<const T*, 3> c{};
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int64_t set = i / pieces, first = i % pieces * together;
      const std::int64_t count = std::min(together, bands - first), band = set * bands + first;
      if (const std::int64_t row = set * channels; i == begin || first == 0) {
        c = repeated.of({affine.center + row, affine.scale + row, affine.shift + row});
      }
      for_each_rows(count * in / channels, channels, copies,
                    [&](auto from, auto rows, auto values) {
                      kernel(x + band * in + from, rows, values, c[0], c[1], c[2], result + from);
                    });
      max_pool_of(pool.geometry, count, pool.relu, result, y + band * out, pool.pixel + band * out);
    }
  });
}

template <class T>
void block_products(const PixelBlocks& blocks, const Affine<T>& affine, const T* x, const T* dy,
                    double* sum, double* product) {
  const auto kernel = affine.relu ? select(KEEL_ISA_VARIANTS(column_products<T, true>))
                                  : select(KEEL_ISA_VARIANTS(column_products<T, false>));
  const std::int64_t channels = blocks.channels, copies = side_by_side(channels);
  const Repeated<T, 3> repeated(channels, copies);
  const Sums<2> all_sums(channels, copies);
  for_each_block(blocks, true, [&](std::int64_t at, std::int64_t row, std::int64_t pixels) {
    const std::int64_t set = affine.per_block ? row : 0;
    const auto c = repeated.of({affine.center + set, affine.scale + set, affine.shift + set});
    const auto sums = all_sums.zeroed();
    for_each_rows(pixels, channels, copies, [&](auto from, auto rows, auto values) {
      kernel(x + at + from, dy + at + from, rows, values, c[0], c[1], c[2], sums[0], sums[1]);
    });
    all_sums.fold(sums);
    std::copy_n(sums[0], channels, sum + row);
    std::copy_n(sums[1], channels, product + row);
  });
}

template <class T>
void block_backward(const PixelBlocks& blocks, const Affine<T>& affine, const T* x, const T* dy,
                    const T* slope, const T* offset, T* dx) {
  const auto kernel = affine.relu ? select(KEEL_ISA_VARIANTS(column_backward<T, true>))
                                  : select(KEEL_ISA_VARIANTS(column_backward<T, false>));
  const std::int64_t channels = blocks.channels, copies = side_by_side(channels);
  const Repeated<T, 5> repeated(channels, copies);
  for_each_block(blocks, affine.per_block, [&](auto at, auto row, auto pixels) {
    const auto c = repeated.of(
        {affine.center + row, affine.scale + row, affine.shift + row, slope + row, offset + row});
    for_each_rows(pixels, channels, copies, [&](auto from, auto rows, auto values) {
      kernel(x + at + from, dy + at + from, rows, values, c[0], c[1], c[2], c[3], c[4],
             dx + at + from);
    });
  });
}

#define KEEL_INSTANTIATE(T)                                                                   \
  template void block_moments<T>(const PixelBlocks&, const T*, double*, double*);             \
  template void block_affine<T>(const PixelBlocks&, const Affine<T>&, const T*, T*);          \
  template void block_affine_pool<T>(const PixelBlocks&, const Affine<T>&, const PoolBehind&, \
                                     const T*, T*);                                           \
  template void block_products<T>(const PixelBlocks&, const Affine<T>&, const T*, const T*,   \
                                  double*, double*);                                          \
  template void block_backward<T>(const PixelBlocks&, const Affine<T>&, const T*, const T*,   \
                                  const T*, const T*, T*);
KEEL_INSTANTIATE(float)
KEEL_INSTANTIATE(double)
#undef KEEL_INSTANTIATE

}  // namespace keel::kernels
