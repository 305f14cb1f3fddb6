// Loops over `rows` of `values` side by side, for one instruction set. Sums are kept in double.

namespace keel::kernels::KEEL_ISA {

// sum += x, per value over the rows
template <class T>
void column_sums(const T* x, std::int64_t rows, std::int64_t values, double* sum) {
  for_each_column<6>(values, [=](auto registers, std::int64_t v) {
    constexpr int kCount = decltype(registers)::value;
    if constexpr (kCount == 0) {
      for (std::int64_t r = 0; r < rows; ++r) sum[v] += static_cast<double>(x[r * values + v]);
    } else {
      Doubles s[kCount]{};
      for (std::int64_t r = 0; r < rows; ++r) {
#pragma GCC unroll 8
        for (int i = 0; i < kCount; ++i) {
          s[i] += to_doubles<T>(load_wide(x + r * values + v + i * kDoubles));
        }
      }
#pragma GCC unroll 8
      for (int i = 0; i < kCount; ++i) add_to(sum + v + i * kDoubles, s[i]);
    }
  });
}

// dx = dy where y > 0, else 0, and sum += dx; dx may be dy
template <class T>
void column_masked_sums(const T* y, const T* dy, std::int64_t rows, std::int64_t values, T* dx,
                        double* sum) {
  for_each_column<6>(values, [=](auto registers, std::int64_t v) {
    constexpr int kCount = decltype(registers)::value;
    if constexpr (kCount == 0) {
      for (std::int64_t at = v; at < rows * values; at += values) {
        dx[at] = y[at] > 0 ? dy[at] : 0;
        sum[v] += static_cast<double>(dx[at]);
      }
    } else {
      Doubles s[kCount]{};
      for (std::int64_t r = 0; r < rows; ++r) {
#pragma GCC unroll 8
        for (int i = 0; i < kCount; ++i) {
          const std::int64_t at = r * values + v + i * kDoubles;
          const WideValues<T> passed = load_wide(y + at) > 0 ? load_wide(dy + at) : WideValues<T>{};
          store_wide(dx + at, passed);
          s[i] += to_doubles<T>(passed);
        }
      }
#pragma GCC unroll 8
      for (int i = 0; i < kCount; ++i) add_to(sum + v + i * kDoubles, s[i]);
    }
  });
}

// x += v, and where Relu at least 0 (NaN passes through)
template <class T, bool Relu>
void column_add(T* x, std::int64_t rows, std::int64_t values, const T* v) {
  for (std::int64_t r = 0; r < rows; ++r) {
    T* __restrict out = x + r * values;
    for (std::int64_t i = 0; i < values; ++i) {
      const T sum = out[i] + v[i];
      out[i] = Relu && sum < 0 ? 0 : sum;
    }
  }
}

}  // namespace keel::kernels::KEEL_ISA
