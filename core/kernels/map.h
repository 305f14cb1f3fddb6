#pragma once
// Element-by-element loops over tensors of one shape, spread over the threads, in vectors as wide
// as the CPU has.

#include <utility>

#include <keel/core/parallel.h>
#include <keel/core/tensor.h>

#define KEEL_ISA_SOURCE <keel/core/kernels/map.inl.h>
#include <keel/core/kernels/for_each_isa.h>

namespace keel::kernels {

/// Elements per chunk: enough work to outweigh handing it to a thread.
inline constexpr std::int64_t kMapGrain = 1 << 14;

/// f(i) for each 0 <= i < n; calls do not depend on one another.
template <class F>
void for_each_index(std::int64_t n, const F& f) {
  const auto loop = select(KEEL_ISA_VARIANTS(for_indices<F>));
  parallel_for(n, kMapGrain, [&](std::int64_t begin, std::int64_t end) { loop(begin, end, f); });
}

/// y[i] = f(x[i], ...) into an existing y, which may be one of the inputs; all have y's shape and
/// dtype.
template <class F, class... Inputs>
void map_into(Tensor& y, F f, const Inputs&... inputs) {
  dispatch(y.dtype(), [&]<class T>(T) {
    T* to = y.mutable_data<T>();
    const auto loop = [&](const auto*... from) {
      for_each_index(y.numel(), [=](std::int64_t i) { to[i] = static_cast<T>(f(from[i]...)); });
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
