#include <algorithm>
#include <vector>

#include <keel/core/kernels/columns.h>
#include <keel/core/parallel.h>

namespace keel::kernels {
namespace {

// Rows per chunk: about 64k elements, however wide the rows are.
std::int64_t row_grain(std::int64_t columns) {
  return std::max<std::int64_t>(1, (1 << 16) / std::max<std::int64_t>(1, columns));
}

}  // namespace

void add_to_rows(Tensor& x, const Tensor& v) {
  const std::int64_t columns = v.numel();
  dispatch(x.dtype(), [&]<class T>(T) {
    T* to = x.mutable_data<T>();
    const T* from = v.data<T>();
    parallel_for(columns == 0 ? 0 : x.numel() / columns, row_grain(columns),
                 [=](std::int64_t begin, std::int64_t end) {
                   for (std::int64_t row = begin; row < end; ++row) {
                     T* out = to + row * columns;
                     for (std::int64_t c = 0; c < columns; ++c) out[c] += from[c];
                   }
                 });
  });
}

Tensor sum_of_rows(const Tensor& x) {
  const std::int64_t columns = x.size(-1);
  Tensor sum = Tensor::zeros({columns}, x.dtype());
  if (x.numel() == 0) return sum;
  const std::int64_t rows = x.numel() / columns, grain = row_grain(columns);
  const std::int64_t chunks = (rows + grain - 1) / grain;
  std::vector<double> partials(static_cast<std::size_t>(chunks * columns));
  dispatch(x.dtype(), [&]<class T>(T) {
    const T* from = x.data<T>();
    parallel_for(rows, grain, [&](std::int64_t begin, std::int64_t end) {
      double* partial = partials.data() + begin / grain * columns;
      for (std::int64_t row = begin; row < end; ++row) {
        const T* in = from + row * columns;
        for (std::int64_t c = 0; c < columns; ++c) partial[c] += static_cast<double>(in[c]);
      }
    });
    for (std::int64_t c = 0; c < columns; ++c) {
      double total = 0;
      for (std::int64_t chunk = 0; chunk < chunks; ++chunk) {
        total += partials[static_cast<std::size_t>(chunk * columns + c)];
      }
      sum.mutable_data<T>()[c] = static_cast<T>(total);
    }
  });
  return sum;
}

}  // namespace keel::kernels
