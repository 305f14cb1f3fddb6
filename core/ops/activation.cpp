#include <numbers>
#include <utility>

#include <keel/core/autograd.h>
#include <keel/core/kernels/error_function.h>
#include <keel/core/kernels/exponential.h>
#include <keel/core/kernels/map.h>
#include <keel/core/kernels/sigmoid.h>
#include <keel/core/ops/activation.h>

namespace keel {

using kernels::map;
using kernels::map_in_place;

Tensor relu(const Tensor& x) {
  const Tensor y = map([](auto v) { return v < 0 ? 0 : v; }, x);
  return record("relu", y, {&x}, [y](Tensor dy) -> Gradients {
    return {map_in_place([](auto d, auto v) { return v > 0 ? d : 0; }, std::move(dy), y)};
  });
}

Tensor add_relu(const Tensor& a, const Tensor& b) {
  check(a.shape() == b.shape() && a.dtype() == b.dtype(),
        "add_relu: expected two tensors of one shape and type, got {} {} and {} {}", a.shape(),
        name_of(a.dtype()), b.shape(), name_of(b.dtype()));
  const auto rule = []<class T>(T u, T v) {
    const T sum = u + v;
    return sum < 0 ? 0 : sum;
  };
  const Tensor y = map(rule, a, b);
  return record("add_relu", y, {&a, &b}, [y](Tensor dy) -> Gradients {
    const Tensor dx = map_in_place([](auto d, auto v) { return v > 0 ? d : 0; }, std::move(dy), y);
    return {dx, dx};
  });
}

Tensor leaky_relu(const Tensor& x, double slope) {
  const Tensor y = map([slope]<class T>(T v) { return v > 0 ? v : static_cast<T>(slope) * v; }, x);
  return record("leaky_relu", y, {&x}, [x, slope](Tensor dy) -> Gradients {
    const auto rule = [slope]<class T>(T d, T v) { return v > 0 ? d : static_cast<T>(slope) * d; };
    return {map_in_place(rule, std::move(dy), x)};
  });
}

Tensor elu(const Tensor& x, double alpha) {
  const auto value = [alpha]<class T>(T v) {
    return v > 0 ? v : static_cast<T>(alpha) * kernels::exponential_minus_one(v);
  };
  return record("elu", map(value, x), {&x}, [x, alpha](Tensor dy) -> Gradients {
    const auto rule = [alpha]<class T>(T d, T v) {
      return v > 0 ? d : d * static_cast<T>(alpha) * kernels::exponential(v);
    };
    return {map_in_place(rule, std::move(dy), x)};
  });
}

namespace {
constexpr double kSeluScale = 1.0507009873554804934193349852946;
constexpr double kSeluAlpha = 1.6732632423543772848170429916717;
}  // namespace

Tensor selu(const Tensor& x) {
  const auto value = []<class T>(T v) {
    return static_cast<T>(kSeluScale) *
           (v > 0 ? v : static_cast<T>(kSeluAlpha) * kernels::exponential_minus_one(v));
  };
  return record("selu", map(value, x), {&x}, [x](Tensor dy) -> Gradients {
    const auto rule = []<class T>(T d, T v) {
      return d * static_cast<T>(kSeluScale) *
             (v > 0 ? T(1) : static_cast<T>(kSeluAlpha) * kernels::exponential(v));
    };
    return {map_in_place(rule, std::move(dy), x)};
  });
}

namespace {

// Phi(v) by erfc: 1 + erf(v) would cancel for negative v.
template <class T>
T normal_distribution(T v) {
  return T{0.5} * kernels::complementary_error(-v / std::numbers::sqrt2_v<T>);
}

template <class T>
T normal_density(T v) {
  return kernels::exponential(-v * v / 2) * std::numbers::inv_sqrtpi_v<T> /
         std::numbers::sqrt2_v<T>;
}

// tanh(inner(v)) replaces erf(v / sqrt(2)); inner(v) = kScale (v + kCubic v^3).
template <class T>
struct GeluTanh {
  static constexpr T kScale = std::numbers::sqrt2_v<T> * std::numbers::inv_sqrtpi_v<T>;
  static constexpr T kCubic = T(0.044715);

  static T tanh_of_inner(T v) {
    return kernels::hyperbolic_tangent(kScale * (v + kCubic * v * v * v));
  }
  static T value(T v) { return v / 2 * (1 + tanh_of_inner(v)); }
  static T derivative(T v) {
    const T t = tanh_of_inner(v);
    return (1 + t) / 2 + v / 2 * (1 - t * t) * kScale * (1 + 3 * kCubic * v * v);
  }
};

}  // namespace

Tensor gelu(const Tensor& x, GeluForm form) {
  const Tensor y = form == GeluForm::kErf
                       ? map([](auto v) { return v * normal_distribution(v); }, x)
                       : map([]<class T>(T v) { return GeluTanh<T>::value(v); }, x);
  return record("gelu", y, {&x}, [x, form](Tensor dy) -> Gradients {
    if (form == GeluForm::kErf) {
      const auto rule = [](auto d, auto v) {
        return d * (normal_distribution(v) + v * normal_density(v));
      };
      return {map_in_place(rule, std::move(dy), x)};
    }
    const auto rule = []<class T>(T d, T v) { return d * GeluTanh<T>::derivative(v); };
    return {map_in_place(rule, std::move(dy), x)};
  });
}

Tensor silu(const Tensor& x) {
  const Tensor y = map([](auto v) { return v * kernels::sigmoid(v); }, x);
  return record("silu", y, {&x}, [x](Tensor dy) -> Gradients {
    const auto rule = []<class T>(T d, T v) {
      const T s = kernels::sigmoid(v);
      return d * s * (1 + v * (1 - s));
    };
    return {map_in_place(rule, std::move(dy), x)};
  });
}

Tensor sigmoid(const Tensor& x) {
  const Tensor y = map([](auto v) { return kernels::sigmoid(v); }, x);
  return record("sigmoid", y, {&x}, [y](Tensor dy) -> Gradients {
    return {map_in_place([](auto d, auto s) { return d * s * (1 - s); }, std::move(dy), y)};
  });
}

Tensor tanh(const Tensor& x) {
  const Tensor y = map([](auto v) { return kernels::hyperbolic_tangent(v); }, x);
  return record("tanh", y, {&x}, [y](Tensor dy) -> Gradients {
    return {map_in_place([](auto d, auto t) { return d * (1 - t * t); }, std::move(dy), y)};
  });
}

Tensor softplus(const Tensor& x, double beta, double threshold) {
  check(beta > 0, "softplus: beta {} is not positive", beta);
  const auto value = [beta, threshold]<class T>(T v) {
    const T scaled = static_cast<T>(beta) * v;
    return scaled > static_cast<T>(threshold) ? v
                                              : kernels::softplus(scaled) / static_cast<T>(beta);
  };
  return record("softplus", map(value, x), {&x}, [x, beta, threshold](Tensor dy) -> Gradients {
    const auto rule = [beta, threshold]<class T>(T d, T v) {
      const T scaled = static_cast<T>(beta) * v;
      return scaled > static_cast<T>(threshold) ? d : d * kernels::sigmoid(scaled);
    };
    return {map_in_place(rule, std::move(dy), x)};
  });
}

}  // namespace keel
