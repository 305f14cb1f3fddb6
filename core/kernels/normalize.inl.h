// Per-channel loops of normalisation over `pixels` rows of C channels, for one instruction set.
// Sums are kept in double: a float32 image may hold values whose squares overflow float.

namespace keel::kernels::KEEL_ISA {

// Eight lanes of T, and of double.
template <class T>
struct Lanes;
template <>
struct Lanes<float> {
  using Vector [[gnu::vector_size(32), gnu::aligned(4), gnu::may_alias]] = float;
};
template <>
struct Lanes<double> {
  using Vector [[gnu::vector_size(64), gnu::aligned(8), gnu::may_alias]] = double;
};
using Doubles [[gnu::vector_size(64), gnu::aligned(8), gnu::may_alias]] = double;

template <class T>
inline Doubles load_doubles(const T* p) {
  return __builtin_convertvector(*reinterpret_cast<const typename Lanes<T>::Vector*>(p), Doubles);
}
inline void store(double* p, Doubles v) {
  *reinterpret_cast<Doubles*>(p) = v;
}

// mean[c] and m2[c] = sum of (x - mean)^2 over the pixels. The first pixel is subtracted
// beforehand, so that a large common offset does not cancel.
template <class T>
void column_moments(const T* x, std::int64_t pixels, std::int64_t channels, double* mean,
                    double* m2) {
  const double count = static_cast<double>(pixels);
  std::int64_t c = 0;
  for (; c + 8 <= channels; c += 8) {
    const Doubles pivot = load_doubles(x + c);
    Doubles sum{}, squares{};
    for (std::int64_t p = 0; p < pixels; ++p) {
      const Doubles d = load_doubles(x + p * channels + c) - pivot;
      sum += d;
      squares += d * d;
    }
    store(mean + c, pivot + sum / count);
    store(m2 + c, squares - sum * sum / count);
  }
  for (; c < channels; ++c) {
    const double pivot = static_cast<double>(x[c]);
    double sum = 0, squares = 0;
    for (std::int64_t p = 0; p < pixels; ++p) {
      const double d = static_cast<double>(x[p * channels + c]) - pivot;
      sum += d;
      squares += d * d;
    }
    mean[c] = pivot + sum / count;
    m2[c] = squares - sum * sum / count;
  }
}

// y = (x - center) scale + shift
template <class T>
void column_affine(const T* x, std::int64_t pixels, std::int64_t channels, const T* center,
                   const T* scale, const T* shift, T* y) {
  for (std::int64_t p = 0; p < pixels; ++p) {
    const T* __restrict in = x + p * channels;
    T* __restrict out = y + p * channels;
    for (std::int64_t c = 0; c < channels; ++c) out[c] = (in[c] - center[c]) * scale[c] + shift[c];
  }
}

// sum[c] of dy and product[c] of dy (x - center) over the pixels
template <class T>
void column_products(const T* x, const T* dy, std::int64_t pixels, std::int64_t channels,
                     const T* center, double* sum, double* product) {
  std::int64_t c = 0;
  for (; c + 8 <= channels; c += 8) {
    const Doubles middle = load_doubles(center + c);
    Doubles s{}, q{};
    for (std::int64_t p = 0; p < pixels; ++p) {
      const Doubles d = load_doubles(dy + p * channels + c);
      s += d;
      q += d * (load_doubles(x + p * channels + c) - middle);
    }
    store(sum + c, s);
    store(product + c, q);
  }
  for (; c < channels; ++c) {
    double s = 0, q = 0;
    for (std::int64_t p = 0; p < pixels; ++p) {
      const double d = static_cast<double>(dy[p * channels + c]);
      s += d;
      q += d * (static_cast<double>(x[p * channels + c]) - static_cast<double>(center[c]));
    }
    sum[c] = s;
    product[c] = q;
  }
}

// dx = dy scale + (x - center) slope + shift; dx may be dy
template <class T>
void column_backward(const T* x, const T* dy, std::int64_t pixels, std::int64_t channels,
                     const T* center, const T* scale, const T* slope, const T* shift, T* dx) {
  for (std::int64_t p = 0; p < pixels; ++p) {
    const T* in = x + p * channels;
    const T* gradient = dy + p * channels;
    T* out = dx + p * channels;
#if defined(__clang__)
#pragma clang loop vectorize(assume_safety)
#else
#pragma GCC ivdep
#endif
    for (std::int64_t c = 0; c < channels; ++c) {
      out[c] = gradient[c] * scale[c] + (in[c] - center[c]) * slope[c] + shift[c];
    }
  }
}

}  // namespace keel::kernels::KEEL_ISA
