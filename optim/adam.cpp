#include <cmath>
#include <utility>

#include <keel/core/error.h>
#include <keel/core/kernels/map.h>
#include <keel/optim/adam.h>

namespace keel {

Adam::Adam(std::vector<ParameterGroup> groups, AdamOptions options)
    : Optimizer(std::move(groups), {{"exp_avg"}, {"exp_avg_sq"}, {.name = "step", .scalar = true}}),
      options_(options) {
  check(options.beta1 >= 0 && options.beta1 < 1, "adam: beta1 {} is not in [0, 1)", options.beta1);
  check(options.beta2 >= 0 && options.beta2 < 1, "adam: beta2 {} is not in [0, 1)", options.beta2);
  check(std::isfinite(options.eps) && options.eps >= 0, "adam: eps {} is negative or not finite",
        options.eps);
}

void Adam::update(Update parameter) {
  const double t = parameter.state[2].item() + 1;
  parameter.state[2].fill(t);
  const double correction1 = 1 - std::pow(options_.beta1, t);
  const double correction2 = 1 - std::pow(options_.beta2, t);
  const double shrink = options_.decoupled ? 1 - parameter.lr * parameter.weight_decay : 1;
  const double l2 = options_.decoupled ? 0 : parameter.weight_decay;

  dispatch(parameter.value.dtype(), [&]<class T>(T) {
    T* w = parameter.value.mutable_data<T>();
    const T* g = parameter.gradient.data<T>();
    T* m = parameter.state[0].mutable_data<T>();
    T* v = parameter.state[1].mutable_data<T>();
    const T keep_weight = static_cast<T>(shrink), decay = static_cast<T>(l2);
    const T keep_m = static_cast<T>(options_.beta1), take_m = static_cast<T>(1 - options_.beta1);
    const T keep_v = static_cast<T>(options_.beta2), take_v = static_cast<T>(1 - options_.beta2);
    const T step_size = static_cast<T>(parameter.lr / correction1);
    const T root_correction = static_cast<T>(std::sqrt(correction2));
    const T eps = static_cast<T>(options_.eps);
    kernels::for_each_index(parameter.value.numel(), [=](std::int64_t i) {
      const T d = g[i] + decay * w[i];
      m[i] = keep_m * m[i] + take_m * d;
      v[i] = keep_v * v[i] + take_v * d * d;
      w[i] = keep_weight * w[i] - step_size * m[i] / (std::sqrt(v[i]) / root_correction + eps);
    });
  });
}

}  // namespace keel
