#include <algorithm>
#include <array>
#include <numeric>

#include <keel/core/kernels/normalize.h>
#include <keel/core/kernels/scratch.h>
#include <keel/core/parallel.h>

#define KEEL_ISA_SOURCE <keel/core/kernels/normalize.inl.h>
#include <keel/core/kernels/for_each_isa.h>

namespace keel::kernels {
namespace {

// f(first element of x, first coefficient, pixels) for each block
template <class F>
void for_each_block(const PixelBlocks& blocks, bool per_block, F&& f) {
  parallel_for(blocks.count(), 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      f(i * blocks.block * blocks.channels, per_block ? i * blocks.channels : 0, blocks.size(i));
    }
  });
}

// Pixels to take as one, so that few or odd channels, too, fill whole registers.
std::int64_t pixels_side_by_side(std::int64_t channels) {
  constexpr std::int64_t kMostValues = 4096;
  const std::int64_t lanes = select(KEEL_ISA_VARIANTS(lane_count))();
  const std::int64_t pixels = lanes / std::gcd(channels, lanes);
  return pixels * channels <= kMostValues ? pixels : 1;
}

// f(first element, rows, values) for a block's whole rows of pixels side by side, and for its rest.
template <class F>
void for_each_rows(std::int64_t pixels, std::int64_t channels, std::int64_t side_by_side, F&& f) {
  const std::int64_t rows = pixels / side_by_side, values = channels * side_by_side;
  if (rows > 0) f(std::int64_t{0}, rows, values);
  if (const std::int64_t rest = pixels % side_by_side; rest > 0) {
    f(rows * values, std::int64_t{1}, rest * channels);
  }
}

// Sets of per-channel coefficients, each repeated for the pixels side by side.
template <class T, std::size_t Sets>
class Repeated {
 public:
  Repeated(std::int64_t channels, std::int64_t copies)
      : channels_(channels),
        copies_(copies),
        values_(static_cast<std::int64_t>(Sets) * channels * copies) {}

  // The calling thread's copies, until it asks again.
  std::array<const T*, Sets> of(const std::array<const T*, Sets>& sets) const {
    std::array<const T*, Sets> repeated;
    T* to = values_.mine();
    for (std::size_t s = 0; s < Sets; ++s) {
      repeated[s] = to;
      for (std::int64_t i = 0; i < copies_; ++i) to = std::copy_n(sets[s], channels_, to);
    }
    return repeated;
  }

 private:
  std::int64_t channels_, copies_;
  ThreadScratch<T> values_;
};

// Two sums per channel, gathered apart for each of the pixels side by side.
class Sums {
 public:
  Sums(std::int64_t channels, std::int64_t copies)
      : channels_(channels), size_(channels * copies), values_(2 * size_) {}

  struct Mine {
    double *first, *second;
  };
  // The calling thread's, all 0, until it asks again.
  Mine zeroed() const {
    std::fill_n(values_.mine(), 2 * size_, 0.0);
    return {values_.mine(), values_.mine() + size_};
  }
  // Leaves each channel's sums in its first place.
  void fold(const Mine& sums) const {
    for (std::int64_t i = channels_; i < size_; ++i) {
      sums.first[i % channels_] += sums.first[i];
      sums.second[i % channels_] += sums.second[i];
    }
  }

 private:
  std::int64_t channels_, size_;
  ThreadScratch<double> values_;
};

}  // namespace

template <class T>
void block_moments(const PixelBlocks& blocks, const T* x, double* mean, double* m2) {
  const auto kernel = select(KEEL_ISA_VARIANTS(column_moments<T>));
  const std::int64_t channels = blocks.channels, copies = pixels_side_by_side(channels);
  const Repeated<T, 1> pivots(channels, copies);
  const Sums all_sums(channels, copies);
  for_each_block(blocks, true, [&](std::int64_t at, std::int64_t row, std::int64_t pixels) {
    const T* pivot = pivots.of({x + at})[0];
    const Sums::Mine sums = all_sums.zeroed();
    for_each_rows(pixels, channels, copies, [&](auto from, auto rows, auto values) {
      kernel(x + at + from, rows, values, pivot, sums.first, sums.second);
    });
    all_sums.fold(sums);
    const double count = static_cast<double>(pixels);
    for (std::int64_t c = 0; c < channels; ++c) {
      mean[row + c] = static_cast<double>(pivot[c]) + sums.first[c] / count;
      m2[row + c] = sums.second[c] - sums.first[c] * sums.first[c] / count;
    }
  });
}

template <class T>
void block_affine(const PixelBlocks& blocks, const Affine<T>& affine, const T* x, T* y) {
  const auto kernel = affine.relu ? select(KEEL_ISA_VARIANTS(column_affine<T, true>))
                                  : select(KEEL_ISA_VARIANTS(column_affine<T, false>));
  const std::int64_t channels = blocks.channels, copies = pixels_side_by_side(channels);
  const Repeated<T, 3> repeated(channels, copies);
  for_each_block(blocks, affine.per_block, [&](auto at, auto row, auto pixels) {
    const auto c = repeated.of({affine.center + row, affine.scale + row, affine.shift + row});
    for_each_rows(pixels, channels, copies, [&](auto from, auto rows, auto values) {
      kernel(x + at + from, rows, values, c[0], c[1], c[2], y + at + from);
    });
  });
}

template <class T>
void block_products(const PixelBlocks& blocks, const Affine<T>& affine, const T* x, const T* dy,
                    double* sum, double* product) {
  const auto kernel = affine.relu ? select(KEEL_ISA_VARIANTS(column_products<T, true>))
                                  : select(KEEL_ISA_VARIANTS(column_products<T, false>));
  const std::int64_t channels = blocks.channels, copies = pixels_side_by_side(channels);
  const Repeated<T, 3> repeated(channels, copies);
  const Sums all_sums(channels, copies);
  for_each_block(blocks, true, [&](std::int64_t at, std::int64_t row, std::int64_t pixels) {
    const std::int64_t set = affine.per_block ? row : 0;
    const auto c = repeated.of({affine.center + set, affine.scale + set, affine.shift + set});
    const Sums::Mine sums = all_sums.zeroed();
    for_each_rows(pixels, channels, copies, [&](auto from, auto rows, auto values) {
      kernel(x + at + from, dy + at + from, rows, values, c[0], c[1], c[2], sums.first,
             sums.second);
    });
    all_sums.fold(sums);
    std::copy_n(sums.first, channels, sum + row);
    std::copy_n(sums.second, channels, product + row);
  });
}

template <class T>
void block_backward(const PixelBlocks& blocks, const Affine<T>& affine, const T* x, const T* dy,
                    const T* slope, const T* offset, T* dx) {
  const auto kernel = affine.relu ? select(KEEL_ISA_VARIANTS(column_backward<T, true>))
                                  : select(KEEL_ISA_VARIANTS(column_backward<T, false>));
  const std::int64_t channels = blocks.channels, copies = pixels_side_by_side(channels);
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

#define KEEL_INSTANTIATE(T)                                                                 \
  template void block_moments<T>(const PixelBlocks&, const T*, double*, double*);           \
  template void block_affine<T>(const PixelBlocks&, const Affine<T>&, const T*, T*);        \
  template void block_products<T>(const PixelBlocks&, const Affine<T>&, const T*, const T*, \
                                  double*, double*);                                        \
  template void block_backward<T>(const PixelBlocks&, const Affine<T>&, const T*, const T*, \
                                  const T*, const T*, T*);
KEEL_INSTANTIATE(float)
KEEL_INSTANTIATE(double)
#undef KEEL_INSTANTIATE

}  // namespace keel::kernels
