#include <keel/core/kernels/conv.h>
#include <keel/core/kernels/direct.h>
#include <keel/core/kernels/im2col.h>
#include <keel/core/kernels/winograd.h>
#include <keel/core/precision.h>

namespace keel::kernels {
namespace {

template <class T>
using Kernel = void (*)(const ConvShape&, const T*, const T*, T*);

// One pass in every way there is; im2col takes any shape and is the reference.
struct Pass {
  Kernel<float> winograd, direct, im2col;
  Kernel<double> im2col64;
};

constexpr Pass kForward{winograd::forward, direct::forward, im2col::forward<float>,
                        im2col::forward<double>};
constexpr Pass kBackwardData{winograd::backward_data, direct::backward_data,
                             im2col::backward_data<float>, im2col::backward_data<double>};
constexpr Pass kBackwardWeight{winograd::backward_weight, direct::backward_weight,
                               im2col::backward_weight<float>, im2col::backward_weight<double>};

void run(const Pass& pass, const ConvShape& shape, const Tensor& a, const Tensor& b, Tensor& out) {
  if (out.dtype() == DType::kFloat64) {
    return pass.im2col64(shape, a.data<double>(), b.data<double>(), out.mutable_data<double>());
  }
  const bool may_be_winograd = precision() == Precision::kFast && winograd::fits(shape);
  const Kernel<float> kernel = may_be_winograd       ? pass.winograd
                               : direct::fits(shape) ? pass.direct
                                                     : pass.im2col;
  kernel(shape, a.data<float>(), b.data<float>(), out.mutable_data<float>());
}

}  // namespace

void conv_forward(const ConvShape& shape, const Tensor& x, const Tensor& weight, Tensor& y) {
  run(kForward, shape, x, weight, y);
}

void conv_backward_data(const ConvShape& shape, const Tensor& dy, const Tensor& weight,
                        Tensor& dx) {
  run(kBackwardData, shape, dy, weight, dx);
}

void conv_backward_weight(const ConvShape& shape, const Tensor& x, const Tensor& dy,
                          Tensor& dweight) {
  run(kBackwardWeight, shape, x, dy, dweight);
}

}  // namespace keel::kernels
