#include "tests/support/reference.h"

namespace keel::testing {

Tensor naive_matmul(const Tensor& a, const Tensor& b) {
  Tensor c = Tensor::zeros({a.size(0), b.size(1)}, DType::kFloat64);
  for (std::int64_t i = 0; i < a.size(0); ++i) {
    for (std::int64_t j = 0; j < b.size(1); ++j) {
      double sum = 0;
      for (std::int64_t k = 0; k < a.size(1); ++k) sum += a.at({i, k}) * b.at({k, j});
      c.mutable_data<double>()[i * b.size(1) + j] = sum;
    }
  }
  return c;
}

Tensor naive_conv2d(const Tensor& x, const Tensor& weight, const Tensor& bias,
                    const Conv2dGeometry& g) {
  const auto out_size = [&](std::int64_t size, std::int64_t kernel) {
    return (size + 2 * g.padding - g.dilation * (kernel - 1) - 1) / g.stride + 1;
  };
  const Shape shape{x.size(0), out_size(x.size(1), weight.size(1)),
                    out_size(x.size(2), weight.size(2)), weight.size(0)};
  Tensor y = Tensor::zeros(shape, DType::kFloat64);
  double* out = y.mutable_data<double>();
  const std::int64_t outputs_per_group = weight.size(0) / g.groups;
  for (std::int64_t n = 0; n < shape[0]; ++n) {
    for (std::int64_t h = 0; h < shape[1]; ++h) {
      for (std::int64_t w = 0; w < shape[2]; ++w) {
        for (std::int64_t k = 0; k < shape[3]; ++k) {
          double sum = bias.defined() ? bias.at({k}) : 0;
          for (std::int64_t r = 0; r < weight.size(1); ++r) {
            for (std::int64_t s = 0; s < weight.size(2); ++s) {
              const std::int64_t row = h * g.stride + r * g.dilation - g.padding;
              const std::int64_t column = w * g.stride + s * g.dilation - g.padding;
              if (row < 0 || row >= x.size(1) || column < 0 || column >= x.size(2)) continue;
              for (std::int64_t c = 0; c < weight.size(3); ++c) {
                sum += x.at({n, row, column, k / outputs_per_group * weight.size(3) + c}) *
                       weight.at({k, r, s, c});
              }
            }
          }
          *out++ = sum;
        }
      }
    }
  }
  return y;
}

}  // namespace keel::testing
