#include <algorithm>

#include <keel/core/kernels/scratch.h>
#include <keel/core/kernels/winograd.h>
#include <keel/core/parallel.h>

namespace keel::kernels {
namespace {

constexpr int kTile = 4;           // output pixels a side
constexpr int kPatch = kTile + 2;  // input pixels a side
constexpr int kFrequencies = kPatch * kPatch;
constexpr std::int64_t kTaps = 9;

// Images that are read or written in tiles, rows x columns of them an image.
struct TileGrid {
  std::int64_t height, width, channels;
  std::int64_t rows, columns;
};

}  // namespace
}  // namespace keel::kernels

#define KEEL_ISA_SOURCE <keel/core/kernels/winograd.inl.h>
#include <keel/core/kernels/for_each_isa.h>

namespace keel::kernels::winograd {
namespace {

constexpr std::int64_t kBlockBytes = 640 << 10;  // of transforms that stay in the L2 cache
constexpr std::int64_t kChunkBytes = 8 << 20;    // of transforms that stay in the L3 cache
// Filter elements, and tiles, that a thread transforms at a time.
constexpr std::int64_t kFilterGrain = 1 << 12, kTransformGrain = 16;

// Elements between frequencies: a little more than the matrix, so that the 36 do not meet in the
// same sets of the cache.
std::int64_t frequency_stride(std::int64_t tiles, std::int64_t channels) {
  return tiles * channels + 16;
}

// Tiles whose transforms take about `bytes`, in whole blocks of the products' registers.
std::int64_t tiles_in(std::int64_t bytes, std::int64_t channels) {
  const std::int64_t tiles =
      bytes / (kFrequencies * channels * static_cast<std::int64_t>(sizeof(float)));
  return std::clamp<std::int64_t>(tiles / 16 * 16, 32, 4096);
}

struct Tiling {
  TileGrid in, out;
  std::int64_t tiles;
};

// The tiles of an output of height x width, and the images they are computed from.
Tiling tiling(std::int64_t batch, TileGrid in, TileGrid out) {
  in.rows = out.rows = (out.height + kTile - 1) / kTile;
  in.columns = out.columns = (out.width + kTile - 1) / kTile;
  return {in, out, batch * out.rows * out.columns};
}

TileGrid input_of(const ConvShape& s) {
  return {s.height, s.width, s.in_channels, 0, 0};
}
TileGrid output_of(const ConvShape& s) {
  return {s.out_height, s.out_width, s.out_channels, 0, 0};
}

// Weights [K, 3, 3, C] as taps [9][C][K], or turned by 180 degrees as [9][K][C]: what the gradient
// of the input is convolved with.
void arrange_taps(const ConvShape& s, const float* weight, bool turned, float* taps) {
  const std::int64_t in = s.in_channels, out = s.out_channels;
  parallel_for(kTaps, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t tap = begin; tap < end; ++tap) {
      for (std::int64_t k = 0; k < out; ++k) {
        const float* from = weight + (k * kTaps + tap) * in;
        if (turned) {
          std::copy_n(from, in, taps + ((kTaps - 1 - tap) * out + k) * in);
        } else {
          for (std::int64_t c = 0; c < in; ++c) taps[(tap * in + c) * out + k] = from[c];
        }
      }
    }
  });
}

// y = x correlated with the transformed filters u, a block of tiles after the other through
// transforms and products: for filters that stay in the L2 cache beside the block's transforms.
void correlate_by_blocks(const Tiling& t, std::int64_t padding, const float* x, const float* u,
                         float* y, const Finish& finish) {
  const auto input = select(KEEL_ISA_VARIANTS(transform_input));
  const auto multiply = select(KEEL_ISA_VARIANTS(multiply_frequency));
  const auto output = select(KEEL_ISA_VARIANTS(transform_output));
  const std::int64_t in = t.in.channels, out = t.out.channels;
  const std::int64_t block = tiles_in(kBlockBytes, in + out);
  const std::int64_t v_stride = frequency_stride(block, in),
                     m_stride = frequency_stride(block, out);
  const ThreadScratch<float> v(kFrequencies * v_stride), m(kFrequencies * m_stride);
  parallel_for(t.tiles, block, [&](std::int64_t begin, std::int64_t end) {
    input(t.in, x, padding, begin, end - begin, v.mine(), v_stride);
    for (std::int64_t f = 0; f < kFrequencies; ++f) {
      multiply(end - begin, in, out, v.mine() + f * v_stride, u + f * in * out,
               m.mine() + f * m_stride);
    }
    output(t.out, m.mine(), m_stride, begin, end - begin, y, finish);
  });
}

// The same for larger filters, which every block would read anew from beyond the L2 cache: the
// transforms of many tiles, then per frequency one long product.
void correlate_by_frequencies(const Tiling& t, std::int64_t padding, const float* x, const float* u,
                              float* y, const Finish& finish) {
  const auto input = select(KEEL_ISA_VARIANTS(transform_input));
  const auto multiply = select(KEEL_ISA_VARIANTS(multiply_frequency));
  const auto output = select(KEEL_ISA_VARIANTS(transform_output));
  const std::int64_t in = t.in.channels, out = t.out.channels;
  const std::int64_t chunk = tiles_in(kChunkBytes, in + out);
  const std::int64_t v_stride = frequency_stride(chunk, in),
                     m_stride = frequency_stride(chunk, out);
  const Scratch<float> v(kFrequencies * v_stride), m(kFrequencies * m_stride);
  for (std::int64_t first = 0; first < t.tiles; first += chunk) {
    const std::int64_t count = std::min(chunk, t.tiles - first);
    parallel_for(count, kTransformGrain, [&](std::int64_t begin, std::int64_t end) {
      input(t.in, x, padding, first + begin, end - begin, v.data() + begin * in, v_stride);
    });
    parallel_for(kFrequencies, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t f = begin; f < end; ++f) {
        multiply(count, in, out, v.data() + f * v_stride, u + f * in * out,
                 m.data() + f * m_stride);
      }
    });
    parallel_for(count, kTransformGrain, [&](std::int64_t begin, std::int64_t end) {
      output(t.out, m.data() + begin * out, m_stride, first + begin, end - begin, y, finish);
    });
  }
}

// y = x correlated with the filters, whose taps are [9][in][out].
void correlate(const Tiling& t, std::int64_t padding, const float* x, const float* taps, float* y,
               const Finish& finish) {
  constexpr std::int64_t kSmallFilters = 1 << 13;  // 1.1 MiB of transforms
  const auto filters = select(KEEL_ISA_VARIANTS(transform_filters));
  const std::int64_t in = t.in.channels, out = t.out.channels;
  const Scratch<float> u(kFrequencies * in * out);
  parallel_for(in * out, kFilterGrain, [&](std::int64_t begin, std::int64_t end) {
    filters(taps, in, out, begin, end, u.data());
  });
  (in * out <= kSmallFilters ? correlate_by_blocks : correlate_by_frequencies)(t, padding, x,
                                                                               u.data(), y, finish);
}

// u[f] += v[f]^T m[f] over all tiles, for filters that stay in the L2 cache: each of a fixed number
// of slabs of tiles goes block by block through transforms and products, and the slabs' sums are
// added in order.
void accumulate_by_slabs(const Tiling& t, std::int64_t padding, const float* x, const float* dy,
                         float* u) {
  const auto input = select(KEEL_ISA_VARIANTS(transform_input));
  const auto gradient = select(KEEL_ISA_VARIANTS(transform_gradient));
  const auto accumulate = select(KEEL_ISA_VARIANTS(accumulate_frequency));
  constexpr std::int64_t kSlabs = 16;
  const std::int64_t in = t.in.channels, out = t.out.channels;
  const std::int64_t filters = kFrequencies * in * out;
  const std::int64_t slab = std::max<std::int64_t>(1, (t.tiles + kSlabs - 1) / kSlabs);
  const std::int64_t slabs = (t.tiles + slab - 1) / slab;
  const std::int64_t block = std::min(slab, tiles_in(kBlockBytes, in + out));
  const std::int64_t v_stride = frequency_stride(block, in),
                     m_stride = frequency_stride(block, out);
  const Scratch<float> sums(slabs * filters);
  const ThreadScratch<float> v(kFrequencies * v_stride), m(kFrequencies * m_stride);
  parallel_for(t.tiles, slab, [&](std::int64_t begin, std::int64_t end) {
    float* sum = sums.data() + begin / slab * filters;
    std::fill_n(sum, filters, 0.0f);
    for (std::int64_t first = begin; first < end; first += block) {
      const std::int64_t count = std::min(block, end - first);
      input(t.in, x, padding, first, count, v.mine(), v_stride);
      gradient(t.out, dy, first, count, m.mine(), m_stride);
      for (std::int64_t f = 0; f < kFrequencies; ++f) {
        accumulate(count, in, out, v.mine() + f * v_stride, m.mine() + f * m_stride,
                   sum + f * in * out);
      }
    }
  });
  parallel_for(filters, kFilterGrain, [&](std::int64_t begin, std::int64_t end) {
    std::fill(u + begin, u + end, 0.0f);
    for (std::int64_t s = 0; s < slabs; ++s) {
      for (std::int64_t i = begin; i < end; ++i) u[i] += sums.data()[s * filters + i];
    }
  });
}

// The same for large filters: the transforms of many tiles, then per frequency one long product. A
// frequency belongs to one thread, so that its sum has one order.
void accumulate_by_frequencies(const Tiling& t, std::int64_t padding, const float* x,
                               const float* dy, float* u) {
  const auto input = select(KEEL_ISA_VARIANTS(transform_input));
  const auto gradient = select(KEEL_ISA_VARIANTS(transform_gradient));
  const auto accumulate = select(KEEL_ISA_VARIANTS(accumulate_frequency));
  const std::int64_t in = t.in.channels, out = t.out.channels;
  std::fill_n(u, kFrequencies * in * out, 0.0f);

  const std::int64_t chunk = tiles_in(kChunkBytes, in + out);
  const std::int64_t v_stride = frequency_stride(chunk, in),
                     m_stride = frequency_stride(chunk, out);
  const Scratch<float> v(kFrequencies * v_stride), m(kFrequencies * m_stride);
  for (std::int64_t first = 0; first < t.tiles; first += chunk) {
    const std::int64_t count = std::min(chunk, t.tiles - first);
    parallel_for(count, kTransformGrain, [&](std::int64_t begin, std::int64_t end) {
      input(t.in, x, padding, first + begin, end - begin, v.data() + begin * in, v_stride);
      gradient(t.out, dy, first + begin, end - begin, m.data() + begin * out, m_stride);
    });
    parallel_for(kFrequencies, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t f = begin; f < end; ++f) {
        accumulate(count, in, out, v.data() + f * v_stride, m.data() + f * m_stride,
                   u + f * in * out);
      }
    });
  }
}

}  // namespace

bool fits(const ConvShape& s) {
  return s.kernel_height == 3 && s.kernel_width == 3 && s.stride == 1 && s.dilation == 1 &&
         s.groups == 1 && s.padding <= 2 && s.in_channels % 16 == 0 && s.out_channels % 16 == 0;
}

void forward(const ConvShape& s, const float* x, const float* weight, float* y,
             const Finish& finish) {
  const Scratch<float> taps(kTaps * s.in_channels * s.out_channels);
  arrange_taps(s, weight, false, taps.data());
  correlate(tiling(s.batch, input_of(s), output_of(s)), s.padding, x, taps.data(), y, finish);
}

void backward_data(const ConvShape& s, const float* dy, const float* weight, float* dx) {
  const Scratch<float> taps(kTaps * s.in_channels * s.out_channels);
  arrange_taps(s, weight, true, taps.data());
  correlate(tiling(s.batch, output_of(s), input_of(s)), 2 - s.padding, dy, taps.data(), dx, {});
}

void backward_weight(const ConvShape& s, const float* x, const float* dy, float* dweight) {
  const auto back_to_taps = select(KEEL_ISA_VARIANTS(transform_taps));
  const Tiling t = tiling(s.batch, input_of(s), output_of(s));
  const std::int64_t in = s.in_channels, out = s.out_channels;
  constexpr std::int64_t kSmallFilters = 1 << 10;  // 144 KiB of transforms
  const Scratch<float> u(kFrequencies * in * out);
  (in * out <= kSmallFilters ? accumulate_by_slabs : accumulate_by_frequencies)(t, s.padding, x, dy,
                                                                                u.data());

  const Scratch<float> taps(kTaps * in * out);
  parallel_for(in * out, kFilterGrain, [&](std::int64_t begin, std::int64_t end) {
    back_to_taps(u.data(), in * out, begin, end, taps.data());
  });
  parallel_for(out, 16, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t k = begin; k < end; ++k) {
      for (std::int64_t tap = 0; tap < kTaps; ++tap) {
        float* to = dweight + (k * kTaps + tap) * in;
        for (std::int64_t c = 0; c < in; ++c) to[c] = taps.data()[(tap * in + c) * out + k];
      }
    }
  });
}

}  // namespace keel::kernels::winograd
