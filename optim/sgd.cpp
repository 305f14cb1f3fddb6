#include <utility>

#include <keel/core/error.h>
#include <keel/core/kernels/map.h>
#include <keel/optim/sgd.h>

namespace keel {

Sgd::Sgd(std::vector<ParameterGroup> groups, SgdOptions options)
    : Optimizer(std::move(groups), options.momentum == 0
                                       ? std::vector<StateSlot>{}
                                       : std::vector<StateSlot>{{"momentum_buffer"}}),
      options_(options) {
  check(options.momentum >= 0 && options.momentum < 1, "sgd: momentum {} is not in [0, 1)",
        options.momentum);
  check(!options.nesterov || options.momentum > 0, "sgd: nesterov needs a momentum above 0");
}

void Sgd::update(Update parameter) {
  dispatch(parameter.value.dtype(), [&]<class T>(T) {
    T* w = parameter.value.mutable_data<T>();
    const T* g = parameter.gradient.data<T>();
    const T lr = static_cast<T>(parameter.lr);
    const T decay = static_cast<T>(parameter.weight_decay);
    // One loop per rule: a choice inside the loop would keep it from being vectorised.
    const auto descend = [&](auto direction) {
      kernels::for_each_index(parameter.value.numel(), [=](std::int64_t i) {
        w[i] -= lr * direction(i, g[i] + decay * w[i]);
      });
    };
    if (parameter.state.empty()) return descend([](auto, T d) { return d; });
    T* b = parameter.state[0].mutable_data<T>();
    const T momentum = static_cast<T>(options_.momentum);
    if (options_.nesterov) {
      descend([=](auto i, T d) {
        b[i] = momentum * b[i] + d;
        return d + momentum * b[i];
      });
    } else {
      descend([=](auto i, T d) { return b[i] = momentum * b[i] + d; });
    }
  });
}

}  // namespace keel
