// Loops of normalisation along one row of `width` elements, for one instruction set. Sums are kept
// in double: a float32 row may hold values whose squares overflow float.

namespace keel::kernels::KEEL_ISA {

// What is left of a row beyond whole registers, value by value: the same arithmetic as for Wide.
template <class T>
struct Single {
  using Values = T;
};

// f(Wide or Single, first value) along a row.
template <class T, class F>
inline void for_each_part(std::int64_t width, F f) {
  std::int64_t v = 0;
  for (; v + kDoubles <= width; v += kDoubles) f(Wide<T>{}, v);
  for (; v < width; ++v) f(Single<T>{}, v);
}

template <class Part, class T>
inline typename Part::Values load_part(const T* p) {
  return *reinterpret_cast<const typename Part::Values*>(p);
}
template <class Part, class T>
inline void store_part(T* p, typename Part::Values v) {
  *reinterpret_cast<typename Part::Values*>(p) = v;
}
inline void add_part(double* p, Doubles v) {
  add_to(p, v);
}
inline void add_part(double* p, double v) {
  *p += v;
}

inline Doubles as_doubles(WideValues<float> v) {
  return to_doubles<float>(v);
}
inline Doubles as_doubles(WideValues<double> v) {
  return to_doubles<double>(v);
}
inline double as_doubles(float v) {
  return static_cast<double>(v);
}
inline double as_doubles(double v) {
  return v;
}

class Sum {
 public:
  void add(Doubles v) { lanes_ += v; }
  void add(double v) { rest_ += v; }
  double total() const {
    double sum = rest_;
    for (int i = 0; i < kDoubles; ++i) sum += lanes_[i];
    return sum;
  }

 private:
  Doubles lanes_{};
  double rest_ = 0;
};

template <class T>
void row_moments(const T* x, std::int64_t width, bool centred, double* mean, double* square) {
  const auto count = static_cast<double>(width);
  double center = 0;
  if (centred) {
    Sum sum;
    for_each_part<T>(width, [&]<class Part>(Part, std::int64_t v) {
      sum.add(as_doubles(load_part<Part>(x + v)));
    });
    center = sum.total() / count;
  }
  Sum squares;
  for_each_part<T>(width, [&]<class Part>(Part, std::int64_t v) {
    const auto d = as_doubles(load_part<Part>(x + v)) - center;
    squares.add(d * d);
  });
  *mean = center;
  *square = squares.total() / count;
}

// The mean rounded to T is subtracted first; what rounding left is `residue`.
template <class T>
struct RowScale {
  T center, residue, scale;

  RowScale(double mean, double inverse)
      : center(static_cast<T>(mean)),
        residue(static_cast<T>(static_cast<double>(center) - mean)),
        scale(static_cast<T>(inverse)) {}
};

template <class T, bool Relu>
void row_affine(const T* __restrict x, std::int64_t width, double mean, double inverse,
                const T* __restrict gamma, const T* __restrict beta, T* __restrict y) {
  const RowScale<T> row(mean, inverse);
  for (std::int64_t v = 0; v < width; ++v) {
    const T result = ((x[v] - row.center) + row.residue) * (row.scale * gamma[v]) + beta[v];
    y[v] = Relu && result < 0 ? 0 : result;
  }
}

template <class T, bool Relu>
void row_backward(const T* x, const T* dy, std::int64_t width, double mean, double inverse,
                  double slope, bool centred, const T* gamma, const T* beta, T* dx, double* dgamma,
                  double* dbeta) {
  const RowScale<T> row(mean, inverse);
  const auto distance = [&]<class Part>(Part, std::int64_t v) {
    return (load_part<Part>(x + v) - row.center) + row.residue;
  };
  // What of dy the ReLU let through.
  const auto passed = [&]<class Part>(Part, std::int64_t v, typename Part::Values d) {
    const typename Part::Values g = load_part<Part>(dy + v);
    if constexpr (!Relu) return g;
    const typename Part::Values y =
        d * (row.scale * load_part<Part>(gamma + v)) + load_part<Part>(beta + v);
    return y > 0 ? g : typename Part::Values{};
  };
  Sum sums, products;
  for_each_part<T>(width, [&]<class Part>(Part part, std::int64_t v) {
    const typename Part::Values d = distance(part, v);
    const auto g = as_doubles(passed(part, v, d));
    const auto gd = g * as_doubles(d);
    const auto weight = as_doubles(load_part<Part>(gamma + v));
    sums.add(weight * g);
    products.add(weight * gd);
    add_part(dbeta + v, g);
    add_part(dgamma + v, gd * inverse);
  });
  const auto count = static_cast<double>(width);
  const T along = static_cast<T>(2 / count * slope * products.total());
  const T offset = static_cast<T>(centred ? -inverse * sums.total() / count : 0);
  for_each_part<T>(width, [&]<class Part>(Part part, std::int64_t v) {
    const typename Part::Values d = distance(part, v);
    const typename Part::Values g = passed(part, v, d);
    store_part<Part>(dx + v, g * (row.scale * load_part<Part>(gamma + v)) + d * along + offset);
  });
}

}  // namespace keel::kernels::KEEL_ISA
