#include <utility>
#include <vector>

#include <keel/core/autograd.h>
#include <keel/core/ops/contiguous_normalize.h>

namespace keel {
namespace {

using detail::Doubles;
using detail::index;
using detail::RowInverses;
using kernels::ContiguousRows;

template <class T>
std::vector<T> values_or(const Tensor& v, std::int64_t count, T otherwise) {
  if (!v.defined()) return std::vector<T>(index(count), otherwise);
  return std::vector<T>(v.data<T>(), v.data<T>() + count);
}

template <class T>
struct Parameters {
  std::vector<T> gamma, beta;

  kernels::RowAffine<T> affine(const RowInverses& inverses, bool relu) const {
    return {inverses.mean.data(), inverses.inverse.data(), gamma.data(), beta.data(), relu};
  }
};

template <class T>
Gradients backward_of(const ContiguousRows& rows, bool centred, const Tensor& x,
                      const RowInverses& inverses, const kernels::RowAffine<T>& affine,
                      const Tensor& gamma, const Tensor& beta, const Tensor& dy) {
  const std::int64_t channels = rows.groups * rows.width;
  Doubles dgamma(index(channels)), dbeta(index(channels));
  Tensor dx = dy.unique() ? dy : Tensor::empty(x.shape(), x.dtype());
  kernels::row_backward(rows, affine, centred, inverses.slope.data(), x.data<T>(), dy.data<T>(),
                        dx.mutable_data<T>(), dgamma.data(), dbeta.data());
  Gradients gradients(3);
  const auto to_tensor = [&](const Doubles& values) {
    return Tensor::from<double>({channels}, values).to(x.dtype());
  };
  if (x.requires_grad()) gradients[0] = std::move(dx);
  if (gamma.requires_grad()) gradients[1] = to_tensor(dgamma);
  if (beta.requires_grad()) gradients[2] = to_tensor(dbeta);
  return gradients;
}

}  // namespace

Tensor detail::normalize_contiguous(const char* op, const ContiguousRows& rows, bool centred,
                                    const Tensor& x, RowInverses inverses, const Tensor& gamma,
                                    const Tensor& beta, bool relu) {
  return dispatch(x.dtype(), [&]<class T>(T) {
    const std::int64_t channels = rows.groups * rows.width;
    Parameters<T> parameters{values_or<T>(gamma, channels, 1), values_or<T>(beta, channels, 0)};
    Tensor y = Tensor::empty(x.shape(), x.dtype());
    kernels::row_affine(rows, parameters.affine(inverses, relu), x.data<T>(), y.mutable_data<T>());
    return record(
        op, std::move(y), {&x, &gamma, &beta},
        [=, inverses = std::move(inverses), parameters = std::move(parameters)](Tensor dy) {
          return backward_of<T>(rows, centred, x, inverses, parameters.affine(inverses, relu),
                                gamma, beta, std::move(dy));
        });
  });
}

}  // namespace keel
