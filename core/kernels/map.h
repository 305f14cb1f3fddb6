#pragma once
// Element-by-element loops over tensors of one shape, spread over the threads.

#include <keel/core/parallel.h>
#include <keel/core/tensor.h>

namespace keel::kernels {

/// Elements per chunk: enough work to outweigh handing it to a thread.
inline constexpr std::int64_t kMapGrain = 1 << 14;

/// y[i] = f(x0[i], x1[i], ...); all inputs have the first one's shape and dtype.
template <class F, class... Inputs>
Tensor map(F f, const Tensor& x0, const Inputs&... inputs) {
  Tensor y = Tensor::empty(x0.shape(), x0.dtype());
  dispatch(x0.dtype(), [&]<class T>(T) {
    T* to = y.mutable_data<T>();
    const auto loop = [=](const auto*... from) {
      parallel_for(y.numel(), kMapGrain, [=](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) to[i] = static_cast<T>(f(from[i]...));
      });
    };
    loop(x0.data<T>(), inputs.template data<T>()...);
  });
  return y;
}

}  // namespace keel::kernels
