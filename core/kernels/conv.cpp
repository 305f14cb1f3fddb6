#include <keel/core/kernels/columns.h>
#include <keel/core/kernels/conv.h>
#include <keel/core/kernels/direct.h>
#include <keel/core/kernels/im2col.h>
#include <keel/core/kernels/map.h>
#include <keel/core/kernels/winograd.h>
#include <keel/core/precision.h>

namespace keel::kernels {
namespace {

using Backward = void (*)(const ConvShape&, const float*, const float*, float*);
using Backward64 = void (*)(const ConvShape&, const double*, const double*, double*);

// One pass in every way there is; im2col takes any shape and is the reference.
struct BackwardPass {
  Backward winograd, direct, im2col;
  Backward64 im2col64;
};

constexpr BackwardPass kBackwardData{winograd::backward_data, direct::backward_data,
                                     im2col::backward_data<float>, im2col::backward_data<double>};
constexpr BackwardPass kBackwardWeight{winograd::backward_weight, direct::backward_weight,
                                       im2col::backward_weight<float>,
                                       im2col::backward_weight<double>};

enum class Way { kWinograd, kDirect, kIm2col };

Way way_of(const ConvShape& shape) {
  if (precision() == Precision::kFast && winograd::fits(shape)) return Way::kWinograd;
  return direct::fits(shape) ? Way::kDirect : Way::kIm2col;
}

void run(const BackwardPass& pass, const ConvShape& shape, const Tensor& a, const Tensor& b,
         Tensor& out) {
  if (out.dtype() == DType::kFloat64) {
    return pass.im2col64(shape, a.data<double>(), b.data<double>(), out.mutable_data<double>());
  }
  const Way way = way_of(shape);
  const Backward kernel = way == Way::kWinograd ? pass.winograd
                          : way == Way::kDirect ? pass.direct
                                                : pass.im2col;
  kernel(shape, a.data<float>(), b.data<float>(), out.mutable_data<float>());
}

// What the fast kernels do in registers, as a pass of its own.
void finish(const Tensor& bias, bool relu, Tensor& y) {
  if (bias.defined()) {
    add_to_rows(y, bias, relu);
  } else if (relu) {
    map_into(
        y, [](auto v) { return v < 0 ? 0 : v; }, y);
  }
}

}  // namespace

void conv_forward(const ConvShape& shape, const Tensor& x, const Tensor& weight, const Tensor& bias,
                  bool relu, Tensor& y) {
  const Way way = way_of(shape);
  if (y.dtype() == DType::kFloat64 || way == Way::kIm2col) {
    dispatch(y.dtype(), [&]<class T>(T) {
      im2col::forward(shape, x.data<T>(), weight.data<T>(), y.mutable_data<T>());
    });
    return finish(bias, relu, y);
  }
  const auto kernel = way == Way::kWinograd ? winograd::forward : direct::forward;
  kernel(shape, x.data<float>(), weight.data<float>(), y.mutable_data<float>(),
         {bias.defined() ? bias.data<float>() : nullptr, relu});
}

void conv_backward_data(const ConvShape& shape, const Tensor& dy, const Tensor& weight,
                        Tensor& dx) {
  run(kBackwardData, shape, dy, weight, dx);
}

void conv_backward_weight(const ConvShape& shape, const Tensor& x, const Tensor& dy,
                          Tensor& dweight) {
  run(kBackwardWeight, shape, x, dy, dweight);
}

bool conv_takes_pool(const ConvShape& shape, DType dtype) {
  return dtype == DType::kFloat32 && way_of(shape) == Way::kDirect && direct::pools(shape);
}

}  // namespace keel::kernels
