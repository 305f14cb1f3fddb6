#include <type_traits>

#include <keel/core/kernels/conv.h>
#include <keel/core/kernels/im2col.h>
#include <keel/core/kernels/winograd.h>

namespace keel::kernels {
void conv_forward(const ConvShape& shape, const Tensor& x, const Tensor& weight, Tensor& y) {
  dispatch(x.dtype(), [&]<class T>(T) {
    if constexpr (std::is_same_v<T, float>) {
      if (winograd::fits(shape)) {
        return winograd::forward(shape, x.data<T>(), weight.data<T>(), y.mutable_data<T>());
      }
    }
    im2col::forward(shape, x.data<T>(), weight.data<T>(), y.mutable_data<T>());
  });
}

void conv_backward_data(const ConvShape& shape, const Tensor& dy, const Tensor& weight,
                        Tensor& dx) {
  dispatch(dy.dtype(), [&]<class T>(T) {
    if constexpr (std::is_same_v<T, float>) {
      if (winograd::fits(shape)) {
        return winograd::backward_data(shape, dy.data<T>(), weight.data<T>(), dx.mutable_data<T>());
      }
    }
    im2col::backward_data(shape, dy.data<T>(), weight.data<T>(), dx.mutable_data<T>());
  });
}

void conv_backward_weight(const ConvShape& shape, const Tensor& x, const Tensor& dy,
                          Tensor& dweight) {
  dispatch(x.dtype(), [&]<class T>(T) {
    if constexpr (std::is_same_v<T, float>) {
      if (winograd::fits(shape)) {
        return winograd::backward_weight(shape, x.data<T>(), dy.data<T>(),
                                         dweight.mutable_data<T>());
      }
    }
    im2col::backward_weight(shape, x.data<T>(), dy.data<T>(), dweight.mutable_data<T>());
  });
}

}  // namespace keel::kernels
