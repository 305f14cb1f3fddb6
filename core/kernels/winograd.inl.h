// The loops of Winograd F(4x4, 3x3), for one instruction set. Channels come in blocks of 16. The
// transforms of many tiles are 36 matrices ("frequencies"), each [tiles, channels].

#include <keel/core/kernels/finish.inl.h>

namespace keel::kernels::KEEL_ISA {

// One dimension of the transforms, with the interpolation points 0, 1, -1, 2, -2 and infinity.
// B^T: of input patches.
inline void input_transform(const Floats* d, Floats* o) {
  const Floats even = d[4] - 4 * d[2], odd = d[3] - 4 * d[1];
  const Floats even2 = d[4] - d[2], odd2 = 2 * (d[3] - d[1]);
  o[0] = 4 * d[0] - 5 * d[2] + d[4];
  o[1] = even + odd;
  o[2] = even - odd;
  o[3] = even2 + odd2;
  o[4] = even2 - odd2;
  o[5] = 4 * d[1] - 5 * d[3] + d[5];
}

// A^T: from products to output tiles.
inline void output_transform(const Floats* d, Floats* o) {
  const Floats sum = d[1] + d[2], difference = d[1] - d[2];
  const Floats sum2 = d[3] + d[4], difference2 = d[3] - d[4];
  o[0] = d[0] + sum + sum2;
  o[1] = difference + 2 * difference2;
  o[2] = sum + 4 * sum2;
  o[3] = difference + 8 * difference2 + d[5];
}

// A: of output gradients.
inline void gradient_transform(const Floats* d, Floats* o) {
  const Floats even = d[0] + d[2], odd = d[1] + d[3];
  const Floats even2 = d[0] + 4 * d[2], odd2 = 2 * d[1] + 8 * d[3];
  o[0] = d[0];
  o[1] = even + odd;
  o[2] = even - odd;
  o[3] = even2 + odd2;
  o[4] = even2 - odd2;
  o[5] = d[3];
}

// G: of the three taps of a filter.
inline void filter_transform(const Floats* g, Floats* o) {
  const Floats quarter = g[0] * 0.25f;
  const Floats sixth = (g[0] + g[2]) * (-1.0f / 6), middle = g[1] * (1.0f / 6);
  const Floats small = g[0] * (1.0f / 24) + g[2] * (1.0f / 6), twelfth = g[1] * (1.0f / 12);
  o[0] = quarter;
  o[1] = sixth - middle;
  o[2] = sixth + middle;
  o[3] = small + twelfth;
  o[4] = small - twelfth;
  o[5] = g[2];
}

// G^T: from frequencies back to taps.
inline void tap_transform(const Floats* u, Floats* o) {
  o[0] = u[0] * 0.25f - (u[1] + u[2]) * (1.0f / 6) + (u[3] + u[4]) * (1.0f / 24);
  o[1] = (u[2] - u[1]) * (1.0f / 6) + (u[3] - u[4]) * (1.0f / 12);
  o[2] = (u[3] + u[4] - u[1] - u[2]) * (1.0f / 6) + u[5];
}

// Applies a one-dimensional transform of In to Out values to both axes of a square.
template <int In, int Out, class Transform>
inline void both_axes(const Floats (&in)[In][In], Floats (&out)[Out][Out], Transform transform) {
  Floats half[Out][In];
#pragma GCC unroll 8
  for (int j = 0; j < In; ++j) {
    Floats column[In], result[Out];
#pragma GCC unroll 8
    for (int i = 0; i < In; ++i) column[i] = in[i][j];
    transform(column, result);
#pragma GCC unroll 8
    for (int i = 0; i < Out; ++i) half[i][j] = result[i];
  }
#pragma GCC unroll 8
  for (int i = 0; i < Out; ++i) transform(half[i], out[i]);
}

// Reads the Side x Side pixels at (top, left) of an image, zeros outside of it.
template <int Side>
inline void read_square(const float* image, std::int64_t height, std::int64_t width,
                        std::int64_t channels, std::int64_t top, std::int64_t left,
                        Floats (&square)[Side][Side]) {
  if (top >= 0 && left >= 0 && top + Side <= height && left + Side <= width) {
    const float* first = image + (top * width + left) * channels;
#pragma GCC unroll 8
    for (int i = 0; i < Side; ++i) {
#pragma GCC unroll 8
      for (int j = 0; j < Side; ++j) square[i][j] = load(first + (i * width + j) * channels);
    }
    return;
  }
  for (int i = 0; i < Side; ++i) {
    for (int j = 0; j < Side; ++j) {
      const std::int64_t h = top + i, w = left + j;
      const bool inside = h >= 0 && h < height && w >= 0 && w < width;
      square[i][j] = inside ? load(image + (h * width + w) * channels) : Floats{};
    }
  }
}

template <int Side, class Transform>
inline void transform_tiles(const TileGrid& g, const float* images, std::int64_t offset,
                            std::int64_t first, std::int64_t count, float* out,
                            std::int64_t frequency_stride, Transform transform) {
  for (std::int64_t t = 0; t < count; ++t) {
    const std::int64_t tile = first + t, n = tile / (g.rows * g.columns);
    const std::int64_t top = tile % (g.rows * g.columns) / g.columns * kTile - offset;
    const std::int64_t left = tile % g.columns * kTile - offset;
    const float* image = images + n * g.height * g.width * g.channels;
    for (std::int64_t c = 0; c < g.channels; c += KEEL_ISA_LANES) {
      Floats square[Side][Side], transformed[kPatch][kPatch];
      read_square<Side>(image + c, g.height, g.width, g.channels, top, left, square);
      both_axes<Side, kPatch>(square, transformed, transform);
      float* at = out + t * g.channels + c;
#pragma GCC unroll 8
      for (int i = 0; i < kPatch; ++i) {
#pragma GCC unroll 8
        for (int j = 0; j < kPatch; ++j) {
          store(at + (i * kPatch + j) * frequency_stride, transformed[i][j]);
        }
      }
    }
  }
}

// Input patches of tiles first..first+count-1: v[f][t][c].
inline void transform_input(const TileGrid& g, const float* x, std::int64_t padding,
                            std::int64_t first, std::int64_t count, float* v,
                            std::int64_t frequency_stride) {
  transform_tiles<kPatch>(g, x, padding, first, count, v, frequency_stride,
                          [](const Floats* d, Floats* o) { input_transform(d, o); });
}

// Gradients of output tiles: m[f][t][k].
inline void transform_gradient(const TileGrid& g, const float* dy, std::int64_t first,
                               std::int64_t count, float* m, std::int64_t frequency_stride) {
  transform_tiles<kTile>(g, dy, 0, first, count, m, frequency_stride,
                         [](const Floats* d, Floats* o) { gradient_transform(d, o); });
}

// Output tiles from their products m[f][t][k].
inline void transform_output(const TileGrid& g, const float* m, std::int64_t frequency_stride,
                             std::int64_t first, std::int64_t count, float* y,
                             const Finish& finish) {
  for (std::int64_t t = 0; t < count; ++t) {
    const std::int64_t tile = first + t, n = tile / (g.rows * g.columns);
    const std::int64_t top = tile % (g.rows * g.columns) / g.columns * kTile;
    const std::int64_t left = tile % g.columns * kTile;
    const std::int64_t height = g.height - top < kTile ? g.height - top : kTile;
    const std::int64_t width = g.width - left < kTile ? g.width - left : kTile;
    float* corner = y + ((n * g.height + top) * g.width + left) * g.channels;
    for (std::int64_t c = 0; c < g.channels; c += KEEL_ISA_LANES) {
      Floats products[kPatch][kPatch], pixels[kTile][kTile];
      const float* at = m + t * g.channels + c;
#pragma GCC unroll 8
      for (int i = 0; i < kPatch; ++i) {
#pragma GCC unroll 8
        for (int j = 0; j < kPatch; ++j) {
          products[i][j] = load(at + (i * kPatch + j) * frequency_stride);
        }
      }
      both_axes<kPatch, kTile>(products, pixels,
                               [](const Floats* d, Floats* o) { output_transform(d, o); });
      finish_sums(finish, pixels, [&](int) { return load(finish.bias + c); });
      if (height == kTile && width == kTile) {
#pragma GCC unroll 8
        for (int i = 0; i < kTile; ++i) {
#pragma GCC unroll 8
          for (int j = 0; j < kTile; ++j) {
            store(corner + (i * g.width + j) * g.channels + c, pixels[i][j]);
          }
        }
      } else {
        for (std::int64_t i = 0; i < height; ++i) {
          for (std::int64_t j = 0; j < width; ++j) {
            store(corner + (i * g.width + j) * g.channels + c, pixels[i][j]);
          }
        }
      }
    }
  }
}

// Blocks that fill the registers: 16 columns at least, as channels come in blocks of 16.
constexpr int kNarrow = 16 / KEEL_ISA_LANES;                         // vectors of 16 columns
constexpr int kWide = KEEL_ISA_LANES >= 16 ? 2 * kNarrow : kNarrow;  // of 32 where there is room
constexpr int kBlockRows = KEEL_ISA_LANES / 2;

// Where the products expect element (c, k) of filters [in, out]: block of columns after block, as
// wide as the registers', so that they read on in one stream.
inline std::int64_t place_in_blocks(std::int64_t c, std::int64_t k, std::int64_t in,
                                    std::int64_t out) {
  constexpr std::int64_t kWidth = kWide * KEEL_ISA_LANES;
  const std::int64_t first = k / kWidth * kWidth;
  const std::int64_t width = out - first < kWidth ? out - first : kWidth;
  return first * in + c * width + (k - first);
}

// Filters g[tap][c][k] (9 x in x out), elements begin..end-1 of them, to u[f] in blocks of columns.
inline void transform_filters(const float* g, std::int64_t in, std::int64_t out, std::int64_t begin,
                              std::int64_t end, float* u) {
  const std::int64_t elements = in * out;
  for (std::int64_t i = begin; i < end; i += KEEL_ISA_LANES) {
    float* at = u + place_in_blocks(i / out, i % out, in, out);
    Floats taps[3][3], half[kPatch][3];
    for (int r = 0; r < 3; ++r) {
      for (int s = 0; s < 3; ++s) taps[r][s] = load(g + (r * 3 + s) * elements + i);
    }
    for (int s = 0; s < 3; ++s) {
      const Floats column[3] = {taps[0][s], taps[1][s], taps[2][s]};
      Floats result[kPatch];
      filter_transform(column, result);
      for (int r = 0; r < kPatch; ++r) half[r][s] = result[r];
    }
    for (int r = 0; r < kPatch; ++r) {
      Floats result[kPatch];
      filter_transform(half[r], result);
      for (int s = 0; s < kPatch; ++s) store(at + (r * kPatch + s) * elements, result[s]);
    }
  }
}

// Products u[f][c][k] back to taps g[tap][c][k].
inline void transform_taps(const float* u, std::int64_t elements, std::int64_t begin,
                           std::int64_t end, float* g) {
  for (std::int64_t i = begin; i < end; i += KEEL_ISA_LANES) {
    Floats half[3][kPatch];
    for (int s = 0; s < kPatch; ++s) {
      Floats column[kPatch], result[3];
      for (int r = 0; r < kPatch; ++r) column[r] = load(u + (r * kPatch + s) * elements + i);
      tap_transform(column, result);
      for (int r = 0; r < 3; ++r) half[r][s] = result[r];
    }
    for (int r = 0; r < 3; ++r) {
      Floats result[3];
      tap_transform(half[r], result);
      for (int s = 0; s < 3; ++s) store(g + (r * 3 + s) * elements + i, result[s]);
    }
  }
}

// c[Rows][Vectors lanes] (+)= sum over k of a(row, k) b(k, columns): the registers hold the block.
// a is read at row * a_row + k * a_step, b at k * b_step.
template <int Rows, int Vectors, bool Accumulate>
inline void product_block(std::int64_t length, const float* a, std::int64_t a_row,
                          std::int64_t a_step, const float* b, std::int64_t b_step, float* c,
                          std::int64_t c_row) {
  Floats sum[Rows][Vectors];
#pragma GCC unroll 16
  for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 8
    for (int v = 0; v < Vectors; ++v) {
      sum[r][v] = Accumulate ? load(c + r * c_row + v * KEEL_ISA_LANES) : Floats{};
    }
  }
  for (std::int64_t k = 0; k < length; ++k) {
    Floats columns[Vectors];
#pragma GCC unroll 8
    for (int v = 0; v < Vectors; ++v) columns[v] = load(b + k * b_step + v * KEEL_ISA_LANES);
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 8
      for (int v = 0; v < Vectors; ++v) sum[r][v] += columns[v] * a[r * a_row + k * a_step];
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 8
    for (int v = 0; v < Vectors; ++v) store(c + r * c_row + v * KEEL_ISA_LANES, sum[r][v]);
  }
}

template <int Vectors, bool Accumulate>
inline void product_columns(std::int64_t rows, std::int64_t length, const float* a,
                            std::int64_t a_row, std::int64_t a_step, const float* b,
                            std::int64_t b_step, float* c, std::int64_t c_row) {
  std::int64_t r = 0;
  for (; r + kBlockRows <= rows; r += kBlockRows) {
    product_block<kBlockRows, Vectors, Accumulate>(length, a + r * a_row, a_row, a_step, b, b_step,
                                                   c + r * c_row, c_row);
  }
  for (; r < rows; ++r) {
    product_block<1, Vectors, Accumulate>(length, a + r * a_row, a_row, a_step, b, b_step,
                                          c + r * c_row, c_row);
  }
}

// c [rows, columns] (+)= a b with b [length, columns], in blocks of columns or not: a's element
// (row, k) is at row * a_row + k * a_step.
template <bool Accumulate, bool InBlocks>
inline void product(std::int64_t rows, std::int64_t columns, std::int64_t length, const float* a,
                    std::int64_t a_row, std::int64_t a_step, const float* b, float* c) {
  constexpr std::int64_t kWidth = kWide * KEEL_ISA_LANES;
  const auto block = [=](std::int64_t k) { return b + (InBlocks ? k * length : k); };
  std::int64_t k = 0;
  for (; k + kWidth <= columns; k += kWidth) {
    product_columns<kWide, Accumulate>(rows, length, a, a_row, a_step, block(k),
                                       InBlocks ? kWidth : columns, c + k, columns);
  }
  for (; k < columns; k += 16) {
    product_columns<kNarrow, Accumulate>(rows, length, a, a_row, a_step, block(k),
                                         InBlocks ? 16 : columns, c + k, columns);
  }
}

// m = v u: [tiles, in] [in, out], one frequency, u in blocks of columns.
inline void multiply_frequency(std::int64_t tiles, std::int64_t in, std::int64_t out,
                               const float* v, const float* u, float* m) {
  product<false, true>(tiles, out, in, v, in, 1, u, m);
}

// u += v^T m: [in, tiles] [tiles, out], one frequency.
inline void accumulate_frequency(std::int64_t tiles, std::int64_t in, std::int64_t out,
                                 const float* v, const float* m, float* u) {
  product<true, false>(in, out, tiles, v, 1, in, m, u);
}

}  // namespace keel::kernels::KEEL_ISA
