#include <cmath>
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

Tensor rms_normalize(const Tensor& x, const Tensor& gamma, double eps) {
  check(x.rank() == 2 && x.numel() > 0 &&
            (!gamma.defined() || (gamma.shape() == Shape{x.size(1)} && gamma.dtype() == x.dtype())),
        "rms_normalize: expects x [N, C] and gamma [C] of its type, got {} and {}", x.shape(),
        gamma.defined() ? gamma.shape().to_string() : "none");
  const ContiguousRows rows{x.size(0), x.size(1), 1};
  detail::RowStatistics stats = detail::contiguous_statistics(rows, false, x);
  RowInverses inverses{std::move(stats.mean), Doubles(stats.var.size()), Doubles(stats.var.size())};
  for (std::size_t i = 0; i < stats.var.size(); ++i) {
    const double inverse = 1 / std::sqrt(stats.var[i] + eps);
    inverses.inverse[i] = inverse;
    inverses.slope[i] = -0.5 * inverse * inverse * inverse;
  }
  return detail::normalize_contiguous("rms_normalize", rows, false, x, std::move(inverses), gamma,
                                      {}, false);
}

}  // namespace keel
