#pragma once
// Element-by-element loops over two tensors that are stretched to one shape.

#include <keel/core/kernels/map.h>
#include <keel/core/kernels/strided.h>

namespace keel::kernels {

/// y[i] = f(a[i], b[i]), both broadcast to one shape; a and b have the same dtype.
template <class F>
Tensor broadcast_map(const F& f, const Tensor& a, const Tensor& b) {
  if (a.shape() == b.shape()) return map(f, a, b);
  Tensor y = Tensor::empty(broadcast(a.shape(), b.shape()), a.dtype());
  dispatch(y.dtype(), [&]<class T>(T) {
    const T *as = a.data<T>(), *bs = b.data<T>();
    T* ys = y.mutable_data<T>();
    for_each_run<3>(y.shape(),
                    {strides_of(y.shape()), broadcast_strides(a.shape(), y.shape()),
                     broadcast_strides(b.shape(), y.shape())},
                    [=](const auto& offsets, const auto& steps, std::int64_t length) {
                      T* to = ys + offsets[0];
                      const T *left = as + offsets[1], *right = bs + offsets[2];
                      if (steps[2] == 0) {
                        const T fixed = *right;
                        for (std::int64_t i = 0; i < length; ++i)
                          to[i] = f(left[i * steps[1]], fixed);
                      } else if (steps[1] == 0) {
                        const T fixed = *left;
                        for (std::int64_t i = 0; i < length; ++i) to[i] = f(fixed, right[i]);
                      } else {
                        for (std::int64_t i = 0; i < length; ++i) to[i] = f(left[i], right[i]);
                      }
                    });
  });
  return y;
}

}  // namespace keel::kernels
