#pragma once
// Element-by-element loops over tensors of one shape, spread over the threads.

#include <utility>

#include <keel/core/parallel.h>
#include <keel/core/tensor.h>

namespace keel::kernels {

/// Elements per chunk: enough work to outweigh handing it to a thread.
inline constexpr std::int64_t kMapGrain = 1 << 14;

/// y[i] = f(x[i], ...) into an existing y, which may be one of the inputs; all have y's shape and
/// dtype.
template <class F, class... Inputs>
void map_into(Tensor& y, F f, const Inputs&... inputs) {
  dispatch(y.dtype(), [&]<class T>(T) {
    T* to = y.mutable_data<T>();
    const auto loop = [&](const auto*... from) {
      parallel_for(y.numel(), kMapGrain, [=](std::int64_t begin, std::int64_t end) {
        const F local = f;  // its captures stay in registers: stores to y cannot change them
        for (std::int64_t i = begin; i < end; ++i) to[i] = static_cast<T>(local(from[i]...));
      });
    };
    loop(inputs.template data<T>()...);
  });
}

/// y[i] = f(x0[i], x1[i], ...); all inputs have the first one's shape and dtype.
template <class F, class... Inputs>
Tensor map(F f, const Tensor& x0, const Inputs&... inputs) {
  Tensor y = Tensor::empty(x0.shape(), x0.dtype());
  map_into(y, f, x0, inputs...);
  return y;
}

/// The same, over x0's own elements when no other handle shares them: for a backward's dy.
template <class F, class... Inputs>
Tensor map_in_place(F f, Tensor x0, const Inputs&... inputs) {
  if (!x0.unique()) return map(f, x0, inputs...);
  map_into(x0, f, x0, inputs...);
  return x0;
}

}  // namespace keel::kernels
