// Images side by side in the lanes of vectors, and apart again, for one instruction set.

namespace keel::kernels::KEEL_ISA {

// Rows of images in squares of as many values, the last of them beginning early enough to be whole:
// f(first value).
template <class F>
inline bool in_squares(std::int64_t count, std::int64_t n, F f) {
  if (count < KEEL_ISA_LANES || n < KEEL_ISA_LANES) return false;
  for (std::int64_t i = 0; i < n; i += KEEL_ISA_LANES) {
    f(i + KEEL_ISA_LANES <= n ? i : n - KEEL_ISA_LANES);
  }
  return true;
}

// Up to KEEL_ISA_LANES rows of n values, side by side: to[i][row]; lanes without a row are 0.
inline void interleave(const float* rows, std::int64_t count, std::int64_t stride, std::int64_t n,
                       float* to) {
  const auto square_at = [=](std::int64_t i) {
    Floats square[KEEL_ISA_LANES];
#pragma GCC unroll 16
    for (int row = 0; row < KEEL_ISA_LANES; ++row) square[row] = load(rows + row * stride + i);
    transpose(square);
#pragma GCC unroll 16
    for (int row = 0; row < KEEL_ISA_LANES; ++row)
      store(to + (i + row) * KEEL_ISA_LANES, square[row]);
  };
  if (in_squares(count, n, square_at)) return;
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t row = 0; row < KEEL_ISA_LANES; ++row) {
      to[i * KEEL_ISA_LANES + row] = row < count ? rows[row * stride + i] : 0.0f;
    }
  }
}

// The inverse: rows[row][i] = from[i][row].
inline void separate(const float* from, std::int64_t count, std::int64_t stride, std::int64_t n,
                     float* rows) {
  const auto square_at = [=](std::int64_t i) {
    Floats square[KEEL_ISA_LANES];
#pragma GCC unroll 16
    for (int row = 0; row < KEEL_ISA_LANES; ++row)
      square[row] = load(from + (i + row) * KEEL_ISA_LANES);
    transpose(square);
#pragma GCC unroll 16
    for (int row = 0; row < KEEL_ISA_LANES; ++row) store(rows + row * stride + i, square[row]);
  };
  if (in_squares(count, n, square_at)) return;
  for (std::int64_t row = 0; row < count; ++row) {
    for (std::int64_t i = 0; i < n; ++i) rows[row * stride + i] = from[i * KEEL_ISA_LANES + row];
  }
}

}  // namespace keel::kernels::KEEL_ISA
