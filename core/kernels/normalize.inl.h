// Per-channel loops of normalisation over `rows` of `values` side by side, for one instruction set.
// Sums are kept in double: a float32 image may hold values whose squares overflow float.

namespace keel::kernels::KEEL_ISA {

// sum += x - pivot and squares += (x - pivot)^2, per value over the rows. A pivot near the mean
// keeps a large common offset from cancelling.
template <class T>
void column_moments(const T* x, std::int64_t rows, std::int64_t values, const T* pivot, double* sum,
                    double* squares) {
  for_each_column<kManyRegisters ? 6 : 2>(values, [=](auto registers, std::int64_t v) {
    constexpr int kCount = decltype(registers)::value;
    if constexpr (kCount == 0) {
      const double p = static_cast<double>(pivot[v]);
      for (std::int64_t r = 0; r < rows; ++r) {
        const double d = static_cast<double>(x[r * values + v]) - p;
        sum[v] += d;
        squares[v] += d * d;
      }
    } else {
      Doubles p[kCount], s[kCount]{}, q[kCount]{};
#pragma GCC unroll 8
      for (int i = 0; i < kCount; ++i) p[i] = to_doubles<T>(load_wide(pivot + v + i * kDoubles));
      for (std::int64_t r = 0; r < rows; ++r) {
#pragma GCC unroll 8
        for (int i = 0; i < kCount; ++i) {
          const Doubles d = to_doubles<T>(load_wide(x + r * values + v + i * kDoubles)) - p[i];
          s[i] += d;
          q[i] += d * d;
        }
      }
#pragma GCC unroll 8
      for (int i = 0; i < kCount; ++i) {
        add_to(sum + v + i * kDoubles, s[i]);
        add_to(squares + v + i * kDoubles, q[i]);
      }
    }
  });
}

// y = (x - center) scale + shift, and where Relu at least 0 (NaN passes through)
template <class T, bool Relu>
void column_affine(const T* x, std::int64_t rows, std::int64_t values, const T* center,
                   const T* scale, const T* shift, T* y) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const T* __restrict in = x + r * values;
    T* __restrict out = y + r * values;
    for (std::int64_t v = 0; v < values; ++v) {
      const T result = (in[v] - center[v]) * scale[v] + shift[v];
      out[v] = Relu && result < 0 ? 0 : result;
    }
  }
}

// sum += dy and product += dy (x - center), per value over the rows; where Relu, of the dy that a
// ReLU behind (x - center) scale + shift lets through.
template <class T, bool Relu>
void column_products(const T* x, const T* dy, std::int64_t rows, std::int64_t values,
                     const T* center, const T* scale, const T* shift, double* sum,
                     double* product) {
  for_each_column<kManyRegisters ? 4 : 2>(values, [=](auto registers, std::int64_t v) {
    constexpr int kCount = decltype(registers)::value;
    if constexpr (kCount == 0) {
      for (std::int64_t r = 0; r < rows; ++r) {
        const T d = x[r * values + v] - center[v];
        const T g = dy[r * values + v];
        const double passed = !Relu || d * scale[v] + shift[v] > 0 ? static_cast<double>(g) : 0;
        sum[v] += passed;
        product[v] += passed * static_cast<double>(d);
      }
    } else {
      WideValues<T> c[kCount], a[kCount], b[kCount];
      Doubles s[kCount]{}, q[kCount]{};
#pragma GCC unroll 8
      for (int i = 0; i < kCount; ++i) {
        c[i] = load_wide(center + v + i * kDoubles);
        a[i] = load_wide(scale + v + i * kDoubles);
        b[i] = load_wide(shift + v + i * kDoubles);
      }
      for (std::int64_t r = 0; r < rows; ++r) {
#pragma GCC unroll 8
        for (int i = 0; i < kCount; ++i) {
          const std::int64_t at = r * values + v + i * kDoubles;
          const WideValues<T> d = load_wide(x + at) - c[i];
          WideValues<T> g = load_wide(dy + at);
          if constexpr (Relu) g = d * a[i] + b[i] > 0 ? g : WideValues<T>{};
          const Doubles passed = to_doubles<T>(g);
          s[i] += passed;
          q[i] += passed * to_doubles<T>(d);
        }
      }
#pragma GCC unroll 8
      for (int i = 0; i < kCount; ++i) {
        add_to(sum + v + i * kDoubles, s[i]);
        add_to(product + v + i * kDoubles, q[i]);
      }
    }
  });
}

// dx = dy scale + (x - center) slope + offset, with dy as above; dx may be dy
template <class T, bool Relu>
void column_backward(const T* x, const T* dy, std::int64_t rows, std::int64_t values,
                     const T* center, const T* scale, const T* shift, const T* slope,
                     const T* offset, T* dx) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const T* in = x + r * values;
    const T* gradient = dy + r * values;
    T* out = dx + r * values;
#if defined(__clang__)
#pragma clang loop vectorize(assume_safety)
#else
#pragma GCC ivdep
#endif
    for (std::int64_t v = 0; v < values; ++v) {
      const T d = in[v] - center[v];
      const T g = gradient[v];
      const T passed = !Relu || d * scale[v] + shift[v] > 0 ? g : 0;
      out[v] = passed * scale[v] + d * slope[v] + offset[v];
    }
  }
}

}  // namespace keel::kernels::KEEL_ISA
