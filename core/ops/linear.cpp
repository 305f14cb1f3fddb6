#include <type_traits>

#include <keel/core/autograd.h>
#include <keel/core/blas.h>
#include <keel/core/kernels/cached_product.h>
#include <keel/core/kernels/columns.h>
#include <keel/core/ops/linear.h>

namespace keel {
namespace {

// A matrix or a batch of them, as stored: before any transposition.
struct Matrices {
  std::int64_t batch, rows, columns;
};

Matrices matrices_of(const Tensor& x) {
  return {x.rank() == 3 ? x.size(0) : 1, x.size(-2), x.size(-1)};
}

// c [m, n] = op(a) op(b), op(a) being [m, k]; the strides are those of a and b as stored.
template <class T>
void product(bool transpose_a, bool transpose_b, std::int64_t m, std::int64_t n, std::int64_t k,
             const T* a, std::int64_t a_stride, const T* b, std::int64_t b_stride, T* c) {
  if constexpr (std::is_same_v<T, float>) {
    if (kernels::suits_cached_product(n, k)) {
      return kernels::cached_product(m, n, k, {a, a_stride, transpose_a},
                                     {b, b_stride, transpose_b}, c);
    }
  }
  blas::parallel_gemm<T>(transpose_a, transpose_b, m, n, k, a, a_stride, b, b_stride, T(0), c, n);
}

// C[b] = op(A[b]) op(B[b]) into a tensor of the given shape.
Tensor multiply(const Tensor& a, bool transpose_a, const Tensor& b, bool transpose_b,
                const Shape& shape) {
  Tensor c = Tensor::empty(shape, a.dtype());
  const Matrices as = matrices_of(a), bs = matrices_of(b), cs = matrices_of(c);
  const std::int64_t k = transpose_a ? as.rows : as.columns;
  dispatch(a.dtype(), [&]<class T>(T) {
    for (std::int64_t i = 0; i < cs.batch; ++i) {
      product<T>(transpose_a, transpose_b, cs.rows, cs.columns, k,
                 a.data<T>() + i * as.rows * as.columns, as.columns,
                 b.data<T>() + i * bs.rows * bs.columns, bs.columns,
                 c.mutable_data<T>() + i * cs.rows * cs.columns);
    }
  });
  return c;
}

}  // namespace

Tensor matmul(const Tensor& a, const Tensor& b, MatmulOptions options) {
  check(a.dtype() == b.dtype(), "matmul: a is {}, b is {}", name_of(a.dtype()), name_of(b.dtype()));
  check((a.rank() == 2 || a.rank() == 3) && a.rank() == b.rank(),
        "matmul: expects two matrices or two batches of matrices, got a {}, b {}", a.shape(),
        b.shape());
  const auto [ta, tb] = options;
  const Matrices as = matrices_of(a), bs = matrices_of(b);
  check(as.batch == bs.batch && (ta ? as.rows : as.columns) == (tb ? bs.columns : bs.rows),
        "matmul: a {}{} and b {}{} do not fit", a.shape(), ta ? " transposed" : "", b.shape(),
        tb ? " transposed" : "");
  const std::int64_t m = ta ? as.columns : as.rows;
  const std::int64_t n = tb ? bs.rows : bs.columns;
  const Tensor c = multiply(a, ta, b, tb, a.rank() == 3 ? Shape{as.batch, m, n} : Shape{m, n});
  return record("matmul", c, {&a, &b}, [a, b, ta = ta, tb = tb](Tensor dc) -> Gradients {
    // op(A)' = dC op(B)^T and op(B)' = op(A)^T dC, each transposed once more where op transposes.
    Gradients gradients(2);
    if (a.requires_grad()) {
      gradients[0] =
          ta ? multiply(b, tb, dc, true, a.shape()) : multiply(dc, false, b, !tb, a.shape());
    }
    if (b.requires_grad()) {
      gradients[1] =
          tb ? multiply(dc, true, a, ta, b.shape()) : multiply(a, !ta, dc, false, b.shape());
    }
    return gradients;
  });
}

Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  check(x.rank() == 2 && weight.rank() == 2 && x.size(1) == weight.size(1),
        "linear: weight {} expects x [N, {}], got x {}", weight.shape(),
        weight.rank() == 2 ? weight.size(1) : -1, x.shape());
  check(!bias.defined() || bias.shape() == Shape{weight.size(0)}, "linear: bias {} for {} outputs",
        bias.shape(), weight.size(0));
  Tensor y = multiply(x, false, weight, true, {x.size(0), weight.size(0)});
  if (bias.defined()) kernels::add_to_rows(y, bias);
  return record("linear", y, {&x, &weight, &bias}, [x, weight, bias](Tensor dy) -> Gradients {
    Gradients gradients(3);
    if (x.requires_grad()) gradients[0] = multiply(dy, false, weight, false, x.shape());
    if (weight.requires_grad()) gradients[1] = multiply(dy, true, x, false, weight.shape());
    if (bias.requires_grad()) gradients[2] = kernels::sum_of_rows(dy);
    return gradients;
  });
}

}  // namespace keel
