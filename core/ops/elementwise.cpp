#include <cmath>
#include <string_view>
#include <utility>

#include <keel/core/autograd.h>
#include <keel/core/kernels/broadcast.h>
#include <keel/core/kernels/exponential.h>
#include <keel/core/kernels/map.h>
#include <keel/core/kernels/reduce.h>
#include <keel/core/ops/elementwise.h>

namespace keel {

using kernels::broadcast_map;
using kernels::map;
using kernels::map_in_place;
using kernels::sum_to;

namespace {

template <class F>
Tensor combine(std::string_view op, const F& f, const Tensor& a, const Tensor& b) {
  check(a.dtype() == b.dtype(), "{}: a is {}, b is {}", op, name_of(a.dtype()), name_of(b.dtype()));
  try {
    return broadcast_map(f, a, b);
  } catch (Error& error) {
    error.add_context(op);
    throw;
  }
}

}  // namespace

Tensor add(const Tensor& a, const Tensor& b) {
  const Tensor y = combine(
      "add", [](auto u, auto v) { return u + v; }, a, b);
  return record("add", y, {&a, &b},
                [a_shape = a.shape(), b_shape = b.shape(), a_needed = a.requires_grad(),
                 b_needed = b.requires_grad()](const Tensor& dy) -> Gradients {
                  return {a_needed ? sum_to(dy, a_shape) : Tensor(),
                          b_needed ? sum_to(dy, b_shape) : Tensor()};
                });
}

Tensor sub(const Tensor& a, const Tensor& b) {
  const Tensor y = combine(
      "sub", [](auto u, auto v) { return u - v; }, a, b);
  return record("sub", y, {&a, &b},
                [a_shape = a.shape(), b_shape = b.shape(), a_needed = a.requires_grad(),
                 b_needed = b.requires_grad()](const Tensor& dy) -> Gradients {
                  return {a_needed ? sum_to(dy, a_shape) : Tensor(),
                          b_needed ? neg(sum_to(dy, b_shape)) : Tensor()};
                });
}

Tensor mul(const Tensor& a, const Tensor& b) {
  const Tensor y = combine(
      "mul", [](auto u, auto v) { return u * v; }, a, b);
  return record("mul", y, {&a, &b}, [a, b](const Tensor& dy) -> Gradients {
    return {a.requires_grad() ? sum_to(mul(dy, b), a.shape()) : Tensor(),
            b.requires_grad() ? sum_to(mul(dy, a), b.shape()) : Tensor()};
  });
}

Tensor div(const Tensor& a, const Tensor& b) {
  const Tensor y = combine(
      "div", [](auto u, auto v) { return u / v; }, a, b);
  return record("div", y, {&a, &b}, [a, b](const Tensor& dy) -> Gradients {
    const Tensor da = div(dy, b);
    return {a.requires_grad() ? sum_to(da, a.shape()) : Tensor(),
            b.requires_grad() ? neg(sum_to(mul(da, div(a, b)), b.shape())) : Tensor()};
  });
}

Tensor maximum(const Tensor& a, const Tensor& b) {
  const Tensor y = combine(
      // NOLINTNEXTLINE(misc-redundant-expression): u != u tells NaN
      "maximum", [](auto u, auto v) { return u > v || u != u ? u : v; }, a, b);
  return record("maximum", y, {&a, &b}, [a, b](const Tensor& dy) -> Gradients {
    const auto share = []<class T>(T u, T v) { return u > v ? T(1) : u == v ? T(0.5) : T(0); };
    const Tensor to_a = mul(dy, broadcast_map(share, a, b));
    return {a.requires_grad() ? sum_to(to_a, a.shape()) : Tensor(),
            b.requires_grad() ? sum_to(sub(dy, to_a), b.shape()) : Tensor()};
  });
}

Tensor neg(const Tensor& x) {
  return record("neg", map([](auto v) { return -v; }, x), {&x}, [](Tensor dy) -> Gradients {
    return {map_in_place([](auto d) { return -d; }, std::move(dy))};
  });
}

Tensor exp(const Tensor& x) {
  const Tensor y = map([](auto v) { return kernels::exponential(v); }, x);
  return record("exp", y, {&x}, [y](Tensor dy) -> Gradients {
    return {map_in_place([](auto d, auto e) { return d * e; }, std::move(dy), y)};
  });
}

Tensor log(const Tensor& x) {
  const Tensor y = map([](auto v) { return std::log(v); }, x);
  return record("log", y, {&x}, [x](Tensor dy) -> Gradients {
    return {map_in_place([](auto d, auto v) { return d / v; }, std::move(dy), x)};
  });
}

Tensor sqrt(const Tensor& x) {
  const Tensor y = map([](auto v) { return std::sqrt(v); }, x);
  return record("sqrt", y, {&x}, [y](Tensor dy) -> Gradients {
    return {map_in_place([](auto d, auto root) { return d / (2 * root); }, std::move(dy), y)};
  });
}

Tensor pow(const Tensor& x, double exponent) {
  if (exponent == 2) {  // a vector of products, where the library takes one value after the other
    return record("pow", map([](auto v) { return v * v; }, x), {&x}, [x](Tensor dy) -> Gradients {
      return {map_in_place([](auto d, auto v) { return d * 2 * v; }, std::move(dy), x)};
    });
  }
  const auto value = [exponent]<class T>(T v) { return std::pow(v, static_cast<T>(exponent)); };
  return record("pow", map(value, x), {&x}, [x, exponent](Tensor dy) -> Gradients {
    const auto rule = [exponent]<class T>(T d, T v) {
      const T e = static_cast<T>(exponent);
      return e == 0 ? T(0) : d * e * std::pow(v, e - 1);
    };
    return {map_in_place(rule, std::move(dy), x)};
  });
}

Tensor abs(const Tensor& x) {
  const Tensor y = map([](auto v) { return std::abs(v); }, x);
  return record("abs", y, {&x}, [x](Tensor dy) -> Gradients {
    const auto rule = [](auto d, auto v) { return v > 0 ? d : v < 0 ? -d : 0 * v; };
    return {map_in_place(rule, std::move(dy), x)};
  });
}

Tensor clamp(const Tensor& x, double low, double high) {
  check(low <= high, "clamp: low {} is not at most high {}", low, high);
  const auto value = [low, high]<class T>(T v) {
    const T l = static_cast<T>(low), h = static_cast<T>(high);
    return v < l ? l : v > h ? h : v;
  };
  return record("clamp", map(value, x), {&x}, [x, low, high](Tensor dy) -> Gradients {
    const auto rule = [low, high]<class T>(T d, T v) {
      return v >= static_cast<T>(low) && v <= static_cast<T>(high) ? d : T(0);
    };
    return {map_in_place(rule, std::move(dy), x)};
  });
}

Tensor cast(const Tensor& x, DType dtype) {
  if (dtype == x.dtype()) return x;
  return record("cast", x.to(dtype), {&x},
                [from = x.dtype()](const Tensor& dy) -> Gradients { return {dy.to(from)}; });
}

}  // namespace keel
