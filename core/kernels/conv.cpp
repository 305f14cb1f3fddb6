#include <keel/core/kernels/conv.h>
#include <keel/core/kernels/im2col.h>
#include <keel/core/kernels/winograd.h>

namespace keel::kernels {
namespace {

// Winograd where it fits, else im2col, which takes any shape and type.
template <class Winograd, class Im2col>
void choose(const ConvShape& shape, DType dtype, Winograd by_winograd, Im2col by_im2col) {
  if (dtype == DType::kFloat32 && winograd::fits(shape)) {
    by_winograd();
  } else {
    dispatch(dtype, by_im2col);
  }
}

}  // namespace

void conv_forward(const ConvShape& shape, const Tensor& x, const Tensor& weight, Tensor& y) {
  choose(
      shape, x.dtype(),
      [&] {
        winograd::forward(shape, x.data<float>(), weight.data<float>(), y.mutable_data<float>());
      },
      [&]<class T>(T) {
        im2col::forward(shape, x.data<T>(), weight.data<T>(), y.mutable_data<T>());
      });
}

void conv_backward_data(const ConvShape& shape, const Tensor& dy, const Tensor& weight,
                        Tensor& dx) {
  choose(
      shape, dy.dtype(),
      [&] {
        winograd::backward_data(shape, dy.data<float>(), weight.data<float>(),
                                dx.mutable_data<float>());
      },
      [&]<class T>(T) {
        im2col::backward_data(shape, dy.data<T>(), weight.data<T>(), dx.mutable_data<T>());
      });
}

void conv_backward_weight(const ConvShape& shape, const Tensor& x, const Tensor& dy,
                          Tensor& dweight) {
  choose(
      shape, x.dtype(),
      [&] {
        winograd::backward_weight(shape, x.data<float>(), dy.data<float>(),
                                  dweight.mutable_data<float>());
      },
      [&]<class T>(T) {
        im2col::backward_weight(shape, x.data<T>(), dy.data<T>(), dweight.mutable_data<T>());
      });
}

}  // namespace keel::kernels
