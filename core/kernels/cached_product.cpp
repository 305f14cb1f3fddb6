#include <algorithm>
#include <optional>

#include <keel/core/kernels/cached_product.h>
#include <keel/core/kernels/scratch.h>
#include <keel/core/parallel.h>

namespace keel::kernels {
namespace {

// Rows of the result, a few vectors wide, and where they read.
struct ProductStrip {
  std::int64_t rows, columns, depth;
  const float* a;
  std::int64_t a_row, a_column;
  const float* b;
  std::int64_t b_row;
  float* c;
  std::int64_t c_row;
};

}  // namespace
}  // namespace keel::kernels

#define KEEL_ISA_SOURCE <keel/core/kernels/cached_product.inl.h>
#include <keel/core/kernels/for_each_isa.h>

namespace keel::kernels {
namespace {

std::int64_t lanes() {
  return select(KEEL_ISA_VARIANTS(lane_count))();
}

// 0..n-1 in pieces of about equal size, whole units each but for the end of the last. Where a piece
// may have three units or more, none has a single one but that of an n within one.
struct Pieces {
  std::int64_t n, unit, count;

  Pieces(std::int64_t size, std::int64_t one, std::int64_t most_units)
      : n(size), unit(one), count((units() + most_units - 1) / most_units) {}
  std::int64_t units() const { return (n + unit - 1) / unit; }
  std::int64_t begin(std::int64_t piece) const {
    return std::min(n, (units() * piece + count - 1) / count * unit);
  }
};

// b^T as rows that begin at a cache line.
class Transposed {
 public:
  Transposed(std::int64_t rows, std::int64_t columns, const Factor& b)
      : stride_((columns + kLine - 1) / kLine * kLine), values_(rows * stride_) {
    const auto transpose = select(KEEL_ISA_VARIANTS(transpose_matrix));
    // Of several vectors: the edge of the last one must not reach into another thread's piece.
    constexpr std::int64_t kChunkElements = 1 << 14;
    const Pieces pieces(rows, lanes(),
                        std::max<std::int64_t>(kFewest, kChunkElements / stride_ / lanes()));
    parallel_for(pieces.count, 1, [&](std::int64_t begin, std::int64_t end) {
      const std::int64_t first = pieces.begin(begin), last = pieces.begin(end);
      transpose(b.data + first, b.stride, columns, last - first, data() + first * stride_, stride_);
    });
  }

  float* data() const { return values_.data(); }
  std::int64_t stride() const { return stride_; }

 private:
  static constexpr std::int64_t kLine = 64 / sizeof(float), kFewest = 3;
  std::int64_t stride_;
  Scratch<float> values_;
};

}  // namespace

bool suits_cached_product(std::int64_t n, std::int64_t k) {
  constexpr std::int64_t kMostElements = 1 << 18;  // of op(b): half of a usual L2 cache
  return n >= lanes() && k >= lanes() && n * k <= kMostElements;
}

void cached_product(std::int64_t m, std::int64_t n, std::int64_t k, const Factor& a,
                    const Factor& b, float* c) {
  if (m == 0) return;
  std::optional<Transposed> transposed;
  if (b.transposed) transposed.emplace(k, n, b);
  const float* b_data = transposed ? transposed->data() : b.data;
  const std::int64_t b_row = transposed ? transposed->stride() : b.stride;
  const auto kernel = select(KEEL_ISA_VARIANTS(multiply_strip));
  constexpr std::int64_t kStripRows = 32;  // at most
  const Pieces rows(m, 1, kStripRows);
  const Pieces columns(n, lanes(), select(KEEL_ISA_VARIANTS(most_vectors))());
  constexpr std::int64_t kLeastWork = 1 << 19;  // multiply-adds of a chunk
  const std::int64_t strips = rows.count * columns.count;
  const std::int64_t chunks = std::max<std::int64_t>(1, m * n * k / kLeastWork);
  const std::int64_t grain = (strips + chunks - 1) / chunks;
  // Neighbouring strips share columns, whose part of b stays in the nearest cache.
  parallel_for(strips, grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t strip = begin; strip < end; ++strip) {
      const std::int64_t row = rows.begin(strip % rows.count),
                         column = columns.begin(strip / rows.count);
      kernel({.rows = rows.begin(strip % rows.count + 1) - row,
              .columns = columns.begin(strip / rows.count + 1) - column,
              .depth = k,
              .a = a.data + row * (a.transposed ? 1 : a.stride),
              .a_row = a.transposed ? 1 : a.stride,
              .a_column = a.transposed ? a.stride : 1,
              .b = b_data + column,
              .b_row = b_row,
              .c = c + row * n + column,
              .c_row = n});
    }
  });
}

}  // namespace keel::kernels
