#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string_view>
#include <vector>

#include <keel/core/error.h>
#include <keel/core/kernels/map.h>
#include <keel/optim/clip.h>

namespace keel {
namespace {

using kernels::kMapGrain;

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
double sum_of_squares(const T* x, std::int64_t n) {
  // Several sums side by side, because one alone would wait for each addition.
  constexpr std::int64_t kLanes = 8;
  std::array<double, kLanes> sums{};
  for (std::int64_t i = 0; i < n; ++i) {
    const double value = static_cast<double>(x[i]);
    sums[static_cast<std::size_t>(i % kLanes)] += value * value;
  }
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

double sum_of_squares(const Tensor& x) {
  const std::int64_t n = x.numel();
  std::vector<double> partial(static_cast<std::size_t>((n + kMapGrain - 1) / kMapGrain));
  dispatch(x.dtype(), [&]<class T>(T) {
    const T* values = x.data<T>();
    parallel_for(n, kMapGrain, [&](std::int64_t begin, std::int64_t end) {
      partial[static_cast<std::size_t>(begin / kMapGrain)] =
          sum_of_squares(values + begin, end - begin);
    });
  });
  return std::accumulate(partial.begin(), partial.end(), 0.0);
}

// x[i] = f(x[i])
template <class F>
void transform(Tensor x, F f) {
  dispatch(x.dtype(), [&]<class T>(T) {
    T* values = x.mutable_data<T>();
    parallel_for(x.numel(), kMapGrain, [=](std::int64_t begin, std::int64_t end) {
      std::transform(values + begin, values + end, values + begin, f);
    });
  });
}

// g scaled to at most lambda max(|w|, eps)
template <class T>
void clip_filter(const T* w, T* g, std::int64_t n, double lambda, double eps) {
  const double norm = std::sqrt(sum_of_squares(g, n));
  const double bound = lambda * std::max(std::sqrt(sum_of_squares(w, n)), eps);
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
    for_each_gradient(groups, [=](const Tensor& gradient) {
      transform(gradient, [=](auto value) { return value * static_cast<decltype(value)>(factor); });
    });
  }
  return norm;
}

void clip_grad_value(std::span<const ParameterGroup> groups, double max_value) {
  check_bound("clip_grad_value", max_value);
  for_each_gradient(groups, [=](const Tensor& gradient) {
    transform(gradient, [=](auto value) {
      const auto bound = static_cast<decltype(value)>(max_value);
      return std::clamp(value, -bound, bound);
    });
  });
}

void clip_grad_adaptive(std::span<const ParameterGroup> groups, double lambda, double eps) {
  check_bound("clip_grad_adaptive", lambda);
  for (const ParameterGroup& group : groups) {
    for (const NamedParameter& parameter : group.parameters) {
      if (!parameter.value.has_grad()) continue;
      const Tensor& weight = parameter.value;
      Tensor gradient = weight.grad();
      const std::int64_t filters = weight.rank() > 1 ? weight.size(0) : 1;
      const std::int64_t size = weight.numel() / filters;
      dispatch(weight.dtype(), [&]<class T>(T) {
        const T* w = weight.data<T>();
        T* g = gradient.mutable_data<T>();
        parallel_for(filters, 1 + kMapGrain / size, [=](std::int64_t begin, std::int64_t end) {
          for (std::int64_t f = begin; f < end; ++f) {
            clip_filter(w + f * size, g + f * size, size, lambda, eps);
          }
        });
      });
    }
  }
}

}  // namespace keel
