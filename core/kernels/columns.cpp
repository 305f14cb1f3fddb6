#include <algorithm>
#include <vector>

#include <keel/core/kernels/columns.h>
#include <keel/core/kernels/side_by_side.h>
#include <keel/core/parallel.h>

#define KEEL_ISA_SOURCE <keel/core/kernels/columns.inl.h>
#include <keel/core/kernels/for_each_isa.h>

namespace keel::kernels {
namespace {

// Rows per chunk: about 64k elements, however wide the rows are.
std::int64_t row_grain(std::int64_t columns) {
  return std::max<std::int64_t>(1, (1 << 16) / std::max<std::int64_t>(1, columns));
}

std::int64_t side_by_side(std::int64_t columns) {
  return pixels_side_by_side(columns, select(KEEL_ISA_VARIANTS(lane_count))());
}

// Adds up what kernel(first element, rows, values, sums) adds to sums of values side by side, over
// all rows of x.
template <class Kernel>
Tensor gather_sums(const Tensor& x, Kernel&& kernel) {
  const std::int64_t columns = x.size(-1);
  Tensor result = Tensor::zeros({columns}, x.dtype());
  if (x.numel() == 0) return result;
  const std::int64_t rows = x.numel() / columns, grain = row_grain(columns);
  const std::int64_t chunks = (rows + grain - 1) / grain, copies = side_by_side(columns);
  std::vector<double> partials(static_cast<std::size_t>(chunks * columns));
  const Sums<1> all_sums(columns, copies);
  parallel_for(rows, grain, [&](std::int64_t begin, std::int64_t end) {
    const auto sums = all_sums.zeroed();
    for_each_rows(end - begin, columns, copies, [&](auto from, auto count, auto values) {
      kernel(begin * columns + from, count, values, sums[0]);
    });
    all_sums.fold(sums);
    std::copy_n(sums[0], columns, partials.data() + begin / grain * columns);
  });
  dispatch(x.dtype(), [&]<class T>(T) {
    for (std::int64_t c = 0; c < columns; ++c) {
      double total = 0;
      for (std::int64_t chunk = 0; chunk < chunks; ++chunk) {
        total += partials[static_cast<std::size_t>(chunk * columns + c)];
      }
      result.mutable_data<T>()[c] = static_cast<T>(total);
    }
  });
  return result;
}

}  // namespace

void add_to_rows(Tensor& x, const Tensor& v, bool relu) {
  const std::int64_t columns = v.numel();
  if (x.numel() == 0) return;
  dispatch(x.dtype(), [&]<class T>(T) {
    const auto kernel = relu ? select(KEEL_ISA_VARIANTS(column_add<T, true>))
                             : select(KEEL_ISA_VARIANTS(column_add<T, false>));
    T* to = x.mutable_data<T>();
    const std::int64_t copies = side_by_side(columns);
    const Repeated<T, 1> repeated(columns, copies);
    parallel_for(x.numel() / columns, row_grain(columns), [&](auto begin, auto end) {
      const T* from = repeated.of({v.data<T>()})[0];
      for_each_rows(end - begin, columns, copies, [&](auto first, auto rows, auto values) {
        kernel(to + begin * columns + first, rows, values, from);
      });
    });
  });
}

Tensor sum_of_rows(const Tensor& x) {
  return dispatch(x.dtype(), [&]<class T>(T) {
    const auto kernel = select(KEEL_ISA_VARIANTS(column_sums<T>));
    return gather_sums(x, [&](auto first, auto rows, auto values, double* sums) {
      kernel(x.data<T>() + first, rows, values, sums);
    });
  });
}

ReluRows relu_backward_rows(Tensor dy, const Tensor& y) {
  Tensor dx = dy.unique() ? dy : Tensor::empty(dy.shape(), dy.dtype());
  Tensor sum = dispatch(dy.dtype(), [&]<class T>(T) {
    const auto kernel = select(KEEL_ISA_VARIANTS(column_masked_sums<T>));
    T* to = dx.mutable_data<T>();
    return gather_sums(y, [&](auto first, auto rows, auto values, double* sums) {
      kernel(y.data<T>() + first, dy.data<T>() + first, rows, values, to + first, sums);
    });
  });
  return {std::move(dx), std::move(sum)};
}

}  // namespace keel::kernels
