#include <algorithm>

#include <keel/core/kernels/contiguous_rows.h>
#include <keel/core/kernels/scratch.h>
#include <keel/core/parallel.h>

#define KEEL_ISA_SOURCE <keel/core/kernels/contiguous_rows.inl.h>
#include <keel/core/kernels/for_each_isa.h>

namespace keel::kernels {
namespace {

// How many rows a thread takes at a time.
std::int64_t grain_of(const ContiguousRows& rows) {
  constexpr std::int64_t kGrainElements = 1 << 14;
  return std::max<std::int64_t>(1, kGrainElements / rows.width);
}

// f(row, first element of x, first one of gamma) for each row
template <class F>
void for_each_row(const ContiguousRows& rows, std::int64_t begin, std::int64_t end, F&& f) {
  for (std::int64_t r = begin; r < end; ++r) f(r, r * rows.width, r % rows.groups * rows.width);
}

}  // namespace

template <class T>
void row_moments(const ContiguousRows& rows, bool centred, const T* x, double* mean,
                 double* square) {
  const auto kernel = select(KEEL_ISA_VARIANTS(row_moments<T>));
  parallel_for(rows.count, grain_of(rows), [&](std::int64_t begin, std::int64_t end) {
    for_each_row(rows, begin, end, [&](std::int64_t r, std::int64_t at, std::int64_t) {
      kernel(x + at, rows.width, centred, mean + r, square + r);
    });
  });
}

template <class T>
void row_affine(const ContiguousRows& rows, const RowAffine<T>& affine, const T* x, T* y) {
  const auto kernel = affine.relu ? select(KEEL_ISA_VARIANTS(row_affine<T, true>))
                                  : select(KEEL_ISA_VARIANTS(row_affine<T, false>));
  parallel_for(rows.count, grain_of(rows), [&](std::int64_t begin, std::int64_t end) {
    for_each_row(rows, begin, end, [&](std::int64_t r, std::int64_t at, std::int64_t c) {
      kernel(x + at, rows.width, affine.mean[r], affine.inverse[r], affine.gamma + c,
             affine.beta + c, y + at);
    });
  });
}

template <class T>
void row_backward(const ContiguousRows& rows, const RowAffine<T>& affine, bool centred,
                  const double* slope, const T* x, const T* dy, T* dx, double* dgamma,
                  double* dbeta) {
  const auto kernel = affine.relu ? select(KEEL_ISA_VARIANTS(row_backward<T, true>))
                                  : select(KEEL_ISA_VARIANTS(row_backward<T, false>));
  const std::int64_t grain = grain_of(rows), chunks = (rows.count + grain - 1) / grain;
  const std::int64_t values = rows.groups * rows.width;
  const Scratch<double> partial(chunks * 2 * values);  // of each chunk, for equal bits
  parallel_for(rows.count, grain, [&](std::int64_t begin, std::int64_t end) {
    double* of_gamma = partial.data() + begin / grain * 2 * values;
    double* of_beta = of_gamma + values;
    std::fill_n(of_gamma, 2 * values, 0.0);
    for_each_row(rows, begin, end, [&](std::int64_t r, std::int64_t at, std::int64_t c) {
      kernel(x + at, dy + at, rows.width, affine.mean[r], affine.inverse[r], slope[r], centred,
             affine.gamma + c, affine.beta + c, dx + at, of_gamma + c, of_beta + c);
    });
  });
  std::fill_n(dgamma, values, 0.0);
  std::fill_n(dbeta, values, 0.0);
  for (std::int64_t i = 0; i < chunks; ++i) {
    const double* of_gamma = partial.data() + i * 2 * values;
    for (std::int64_t v = 0; v < values; ++v) {
      dgamma[v] += of_gamma[v];
      dbeta[v] += of_gamma[values + v];
    }
  }
}

#define KEEL_INSTANTIATE(T)                                                                      \
  template void row_moments<T>(const ContiguousRows&, bool, const T*, double*, double*);         \
  template void row_affine<T>(const ContiguousRows&, const RowAffine<T>&, const T*, T*);         \
  template void row_backward<T>(const ContiguousRows&, const RowAffine<T>&, bool, const double*, \
                                const T*, const T*, T*, double*, double*);
KEEL_INSTANTIATE(float)
KEEL_INSTANTIATE(double)
#undef KEEL_INSTANTIATE

}  // namespace keel::kernels
