// The loops of products in the cache, for one instruction set: a tile of rows by columns of the
// result keeps its sums in registers.

namespace keel::kernels::KEEL_ISA {

constexpr int kTileRows = KEEL_ISA_LANES >= 16 ? 8 : 4;  // at most
constexpr int kMostVectors = 3;

inline std::int64_t most_vectors() {
  return kMostVectors;
}

// The first Rows rows of a strip.
template <int Rows, int Vectors>
inline void multiply_tile(const ProductStrip& tile) {
  // The last vector ends with the tile, over what the one before it has computed as well.
  std::int64_t column[Vectors];
#pragma GCC unroll 4
  for (int v = 0; v < Vectors; ++v) column[v] = v * KEEL_ISA_LANES;
  column[Vectors - 1] = tile.columns - KEEL_ISA_LANES;
  Floats sums[Rows][Vectors]{};
  const float* a = tile.a;
  const float* b = tile.b;
  for (std::int64_t i = 0; i < tile.depth; ++i, a += tile.a_column, b += tile.b_row) {
    Floats values[Vectors];
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; ++v) values[v] = load(b + column[v]);
#pragma GCC unroll 8
    for (int r = 0; r < Rows; ++r) {
      const float factor = a[r * tile.a_row];
#pragma GCC unroll 4
      for (int v = 0; v < Vectors; ++v) sums[r][v] += factor * values[v];
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; ++v) store(tile.c + r * tile.c_row + column[v], sums[r][v]);
  }
}

inline void multiply_strip(ProductStrip strip) {
  with_constant<kMostVectors>(
      (strip.columns + KEEL_ISA_LANES - 1) / KEEL_ISA_LANES, [&](auto vectors) {
        in_equal_blocks<kTileRows>(strip.rows, [&](auto rows) {
          multiply_tile<decltype(rows)::value, decltype(vectors)::value>(strip);
          strip.a += rows.value * strip.a_row;
          strip.c += rows.value * strip.c_row;
        });
      });
}

// to [columns, rows] = the transpose of from [rows, columns]; rows and columns at least a vector's.
inline void transpose_matrix(const float* from, std::int64_t from_stride, std::int64_t rows,
                             std::int64_t columns, float* to, std::int64_t to_stride) {
  for (std::int64_t row = 0; row < rows; row += KEEL_ISA_LANES) {
    // Squares at the edges reach back over their neighbours rather than beyond the matrix.
    const std::int64_t r = row + KEEL_ISA_LANES <= rows ? row : rows - KEEL_ISA_LANES;
    for (std::int64_t column = 0; column < columns; column += KEEL_ISA_LANES) {
      const std::int64_t c = column + KEEL_ISA_LANES <= columns ? column : columns - KEEL_ISA_LANES;
      Floats square[KEEL_ISA_LANES];
#pragma GCC unroll 16
      for (int i = 0; i < KEEL_ISA_LANES; ++i) square[i] = load(from + (r + i) * from_stride + c);
      transpose(square);
#pragma GCC unroll 16
      for (int i = 0; i < KEEL_ISA_LANES; ++i) store(to + (c + i) * to_stride + r, square[i]);
    }
  }
}

}  // namespace keel::kernels::KEEL_ISA
