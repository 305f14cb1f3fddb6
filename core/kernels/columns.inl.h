// Loops over `rows` of `values` side by side, for one instruction set. Sums are kept in double.

namespace keel::kernels::KEEL_ISA {

// sum += x, per value over the rows
template <class T>
void column_sums(const T* x, std::int64_t rows, std::int64_t values, double* sum) {
  for_each_column(values, [=](auto registers, std::int64_t v) {
    constexpr int kCount = decltype(registers)::value;
    if constexpr (kCount == 0) {
      for (std::int64_t r = 0; r < rows; ++r) sum[v] += static_cast<double>(x[r * values + v]);
    } else {
      Doubles s[kCount]{};
      for (std::int64_t r = 0; r < rows; ++r) {
#pragma GCC unroll 2
        for (int i = 0; i < kCount; ++i) {
          s[i] += to_doubles<T>(load_wide(x + r * values + v + i * kDoubles));
        }
      }
#pragma GCC unroll 2
      for (int i = 0; i < kCount; ++i) add_to(sum + v + i * kDoubles, s[i]);
    }
  });
}

// x += v
template <class T>
void column_add(T* x, std::int64_t rows, std::int64_t values, const T* v) {
  for (std::int64_t r = 0; r < rows; ++r) {
    T* __restrict out = x + r * values;
    for (std::int64_t i = 0; i < values; ++i) out[i] += v[i];
  }
}

}  // namespace keel::kernels::KEEL_ISA
