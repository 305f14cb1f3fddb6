#include <algorithm>
#include <cmath>
#include <string_view>

#include <keel/core/error.h>
#include <keel/core/kernels/map.h>
#include <keel/core/kernels/sum.h>
#include <keel/optim/clip.h>

namespace keel {
namespace {

// Calls f with every gradient, in the order of the parameters. Handles: writing to one writes to
// the parameter's gradient.
template <class F>
void for_each_gradient(std::span<const ParameterGroup> groups, F f) {
  for (const ParameterGroup& group : groups) {
    for (const NamedParameter& parameter : group.parameters) {
      if (parameter.value.has_grad()) f(Tensor(parameter.value.grad()));
    }
  }
}

template <class T>
auto squares_of(const T* x) {
  return [x](std::int64_t i) {
    const double value = static_cast<double>(x[i]);
    return value * value;
  };
}

double sum_of_squares(const Tensor& x) {
  return dispatch(x.dtype(),
                  [&]<class T>(T) { return kernels::sum(x.numel(), squares_of(x.data<T>())); });
}

// g scaled to at most lambda max(|w|, eps)
template <class T>
void clip_filter(const T* w, T* g, std::int64_t n, double lambda, double eps) {
  const double norm = std::sqrt(kernels::serial_sum(0, n, squares_of(g)));
  const double bound = lambda * std::max(std::sqrt(kernels::serial_sum(0, n, squares_of(w))), eps);
  if (!std::isfinite(norm) || norm <= bound) return;
  const T factor = static_cast<T>(bound / norm);
  std::transform(g, g + n, g, [=](T value) { return value * factor; });
}

void check_bound(std::string_view what, double bound) {
  check(std::isfinite(bound) && bound > 0, "{}: the bound {} is not finite and positive", what,
        bound);
}

}  // namespace

double clip_grad_norm(std::span<const ParameterGroup> groups, double max_norm) {
  check_bound("clip_grad_norm", max_norm);
  double sum = 0;
  for_each_gradient(groups, [&](const Tensor& gradient) { sum += sum_of_squares(gradient); });
  const double norm = std::sqrt(sum);
  const double factor = max_norm / (norm + 1e-6);
  if (std::isfinite(norm) && factor < 1) {
    const auto scaled = [=](auto value) { return value * static_cast<decltype(value)>(factor); };
    for_each_gradient(groups,
                      [=](Tensor gradient) { kernels::map_into(gradient, scaled, gradient); });
  }
  return norm;
}

void clip_grad_value(std::span<const ParameterGroup> groups, double max_value) {
  check_bound("clip_grad_value", max_value);
  const auto bounded = [=](auto value) {
    const auto bound = static_cast<decltype(value)>(max_value);
    return std::clamp(value, -bound, bound);
  };
  for_each_gradient(groups,
                    [=](Tensor gradient) { kernels::map_into(gradient, bounded, gradient); });
}

void clip_grad_adaptive(std::span<const ParameterGroup> groups, double lambda, double eps) {
  check_bound("clip_grad_adaptive", lambda);
  check(std::isfinite(eps) && eps >= 0, "clip_grad_adaptive: eps {} is not finite and at least 0",
        eps);
  for (const ParameterGroup& group : groups) {
    for (const NamedParameter& parameter : group.parameters) {
      const Tensor& weight = parameter.value;
      if (!weight.has_grad() || weight.numel() == 0) continue;
      Tensor gradient = weight.grad();
      const std::int64_t filters = weight.rank() > 1 ? weight.size(0) : 1;
      const std::int64_t size = weight.numel() / filters;
      dispatch(weight.dtype(), [&]<class T>(T) {
        const T* w = weight.data<T>();
        T* g = gradient.mutable_data<T>();
        parallel_for(filters, 1 + kernels::kMapGrain / size,
                     [=](std::int64_t begin, std::int64_t end) {
                       for (std::int64_t f = begin; f < end; ++f) {
                         clip_filter(w + f * size, g + f * size, size, lambda, eps);
                       }
                     });
      });
    }
  }
}

}  // namespace keel
