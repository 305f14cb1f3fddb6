// The loops of direct convolution, for one instruction set. A block of pixels (or of filter taps)
// by output channels keeps its sums in registers. Either the output channels lie in the lanes of
// one or two vectors or, where they are too few for that, the images of a batch do: then x, y, dy
// and their steps count vectors, and the weights are single values.

#include <keel/core/kernels/columns.inl.h>
#include <keel/core/kernels/finish.inl.h>

namespace keel::kernels::KEEL_ISA {

constexpr int kMostOutputs = 6;  // of a block, with images in the lanes

inline std::int64_t most_outputs() {
  return kMostOutputs;
}

// ---- channels in the lanes

// Pixels or taps whose sums leave registers for the operands.
template <int Vectors>
constexpr int kMostPositions = kManyRegisters ? (Vectors == 1 ? 14 : 12) : 12 / Vectors;

// y = the first channels of sums
template <int Vectors>
inline void store_channels(const Floats (&sums)[Vectors], std::int64_t channels, float* y) {
  if (channels == Vectors * KEEL_ISA_LANES) {
#pragma GCC unroll 2
    for (int v = 0; v < Vectors; ++v) store(y + v * KEEL_ISA_LANES, sums[v]);
    return;
  }
  float all[Vectors * KEEL_ISA_LANES];
  for (int v = 0; v < Vectors; ++v) store(all + v * KEEL_ISA_LANES, sums[v]);
  for (std::int64_t c = 0; c < channels; ++c) y[c] = all[c];
}

// y(p, channel) = sum over the runs of x(p) times their weights
template <int Vectors, int Pixels>
inline void correlate_block(const DirectRow& row, const float* x, float* y) {
  Floats sums[Pixels][Vectors]{};
  const float* w = row.weights;
  for (std::int64_t i = 0; i < row.run_count; ++i) {
    const float* from = x + row.runs[i].offset;
    for (std::int64_t j = 0; j < row.runs[i].length; ++j, w += Vectors * KEEL_ISA_LANES) {
      Floats weights[Vectors];
#pragma GCC unroll 2
      for (int v = 0; v < Vectors; ++v) weights[v] = load(w + v * KEEL_ISA_LANES);
#pragma GCC unroll 16
      for (int p = 0; p < Pixels; ++p) {
        const float value = from[p * row.x_step + j];
#pragma GCC unroll 2
        for (int v = 0; v < Vectors; ++v) sums[p][v] += value * weights[v];
      }
    }
  }
  finish_sums(row.finish, sums, [&](int v) { return load(row.finish.bias + v * KEEL_ISA_LANES); });
#pragma GCC unroll 16
  for (int p = 0; p < Pixels; ++p) store_channels(sums[p], row.channels, y + p * row.y_step);
}

template <int Vectors>
void correlate_row(const DirectRow& row, const float* x, float* y) {
  in_equal_blocks<kMostPositions<Vectors>>(row.pixels, [&](auto count) {
    correlate_block<Vectors, decltype(count)::value>(row, x, y);
    x += count.value * row.x_step;
    y += count.value * row.y_step;
  });
}

// sums(t, channel) += over all pixels x(pixel, t) dy(pixel, channel)
template <int Vectors, int Taps>
inline void accumulate_block(const DirectImage& image, const float* x, const float* dy,
                             float* sums) {
  Floats sum[Taps][Vectors]{};
  for (std::int64_t r = 0; r < image.rows; ++r) {
    const float* from = x + r * image.x_row;
    const float* gradient = dy + r * image.dy_row;
    for (std::int64_t c = 0; c < image.columns; ++c) {
      Floats g[Vectors];
#pragma GCC unroll 2
      for (int v = 0; v < Vectors; ++v) g[v] = load(gradient + v * KEEL_ISA_LANES);
#pragma GCC unroll 16
      for (int t = 0; t < Taps; ++t) {
        const float value = from[t];
#pragma GCC unroll 2
        for (int v = 0; v < Vectors; ++v) sum[t][v] += value * g[v];
      }
      from += image.x_step;
      gradient += image.dy_step;
    }
  }
#pragma GCC unroll 16
  for (int t = 0; t < Taps; ++t) {
#pragma GCC unroll 2
    for (int v = 0; v < Vectors; ++v) {
      float* to = sums + (t * Vectors + v) * KEEL_ISA_LANES;
      store(to, load(to) + sum[t][v]);
    }
  }
}

// The taps of all runs; sums is [taps][lanes of the vectors].
template <int Vectors>
void accumulate_runs(const DirectImage& image, const float* x, const float* dy, float* sums) {
  for (std::int64_t i = 0; i < image.run_count; ++i) {
    const float* from = x + image.runs[i].offset;
    in_equal_blocks<kMostPositions<Vectors>>(image.runs[i].length, [&](auto count) {
      accumulate_block<Vectors, decltype(count)::value>(image, from, dy, sums);
      from += count.value;
      sums += count.value * Vectors * KEEL_ISA_LANES;
    });
  }
}

// ---- images in the lanes

constexpr int kMostImagePositions = kManyRegisters ? 4 : 2;

// y(p, output) = sum over the runs of x(p) times their weights, which are [taps][Outputs]
template <int Outputs, int Pixels>
inline void correlate_images_block(const DirectRow& row, const float* x, float* y) {
  Floats sums[Pixels][Outputs]{};
  const float* w = row.weights;
  for (std::int64_t i = 0; i < row.run_count; ++i) {
    const float* from = x + row.runs[i].offset * KEEL_ISA_LANES;
    for (std::int64_t j = 0; j < row.runs[i].length; ++j, w += Outputs) {
      Floats values[Pixels];
#pragma GCC unroll 8
      for (int p = 0; p < Pixels; ++p) {
        values[p] = load(from + (p * row.x_step + j) * KEEL_ISA_LANES);
      }
#pragma GCC unroll 8
      for (int o = 0; o < Outputs; ++o) {
#pragma GCC unroll 8
        for (int p = 0; p < Pixels; ++p) sums[p][o] += values[p] * w[o];
      }
    }
  }
  finish_sums(row.finish, sums, [&](int o) { return Floats{} + row.finish.bias[o]; });
#pragma GCC unroll 8
  for (int p = 0; p < Pixels; ++p) {
#pragma GCC unroll 8
    for (int o = 0; o < Outputs; ++o) store(y + (p * row.y_step + o) * KEEL_ISA_LANES, sums[p][o]);
  }
}

inline void correlate_images_row(const DirectRow& row, const float* x, float* y) {
  with_constant<kMostOutputs>(row.channels, [&](auto outputs) {
    in_equal_blocks<kMostImagePositions>(row.pixels, [&](auto count) {
      correlate_images_block<decltype(outputs)::value, decltype(count)::value>(row, x, y);
      x += count.value * row.x_step * KEEL_ISA_LANES;
      y += count.value * row.y_step * KEEL_ISA_LANES;
    });
  });
}

// Taps and outputs whose sums leave registers for the operands. Filters are a few taps wide: rather
// those of a row together, so that dy is read but once for them, than all outputs.
constexpr int kMostImageTaps = kManyRegisters ? 8 : 4;
constexpr int kMostTapOutputs = 3;

// sums(t, output) += over all pixels and images x(pixel, t) dy(pixel, output)
template <int Outputs, int Taps>
inline void accumulate_images_block(const DirectImage& image, const float* x, const float* dy,
                                    float* sums) {
  Floats sum[Taps][Outputs]{};
  for (std::int64_t r = 0; r < image.rows; ++r) {
    const float* from = x + r * image.x_row * KEEL_ISA_LANES;
    const float* gradient = dy + r * image.dy_row * KEEL_ISA_LANES;
    for (std::int64_t c = 0; c < image.columns; ++c) {
      Floats g[Outputs];
#pragma GCC unroll 8
      for (int o = 0; o < Outputs; ++o) g[o] = load(gradient + o * KEEL_ISA_LANES);
#pragma GCC unroll 8
      for (int t = 0; t < Taps; ++t) {
        const Floats value = load(from + t * KEEL_ISA_LANES);
#pragma GCC unroll 8
        for (int o = 0; o < Outputs; ++o) sum[t][o] += value * g[o];
      }
      from += image.x_step * KEEL_ISA_LANES;
      gradient += image.dy_step * KEEL_ISA_LANES;
    }
  }
  for (int t = 0; t < Taps; ++t) {
    for (int o = 0; o < Outputs; ++o) {
      float lanes[KEEL_ISA_LANES];
      store(lanes, sum[t][o]);
      for (const float lane : lanes) sums[t * image.channels + o] += lane;
    }
  }
}

// The taps of all runs; sums is [taps][channels].
inline void accumulate_images_runs(const DirectImage& image, const float* x, const float* dy,
                                   float* sums) {
  for (std::int64_t i = 0; i < image.run_count; ++i) {
    const float* from = x + image.runs[i].offset * KEEL_ISA_LANES;
    in_equal_blocks<kMostImageTaps>(image.runs[i].length, [&](auto taps) {
      std::int64_t output = 0;
      in_equal_blocks<kMostTapOutputs>(image.channels, [&](auto outputs) {
        accumulate_images_block<decltype(outputs)::value, decltype(taps)::value>(
            image, from, dy + output * KEEL_ISA_LANES, sums + output);
        output += outputs.value;
      });
      from += taps.value * KEEL_ISA_LANES;
      sums += taps.value * image.channels;
    });
  }
}

}  // namespace keel::kernels::KEEL_ISA
