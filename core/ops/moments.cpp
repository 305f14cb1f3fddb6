#include <vector>

#include <keel/core/autograd.h>
#include <keel/core/ops/elementwise.h>
#include <keel/core/ops/moments.h>
#include <keel/core/ops/row_coefficients.h>
#include <keel/core/ops/shape_ops.h>

namespace keel {
namespace {

using detail::Coefficients;
using detail::Doubles;
using detail::ExactCoefficients;
using detail::index;
using detail::RowLayout;

// d mean = 1 / n and d var = 2 (x - mean) / n
Tensor moments_backward(const RowLayout& layout, const Tensor& x, const Doubles& mean,
                        const Tensor& dy) {
  const double* dmean = dy.data<double>();
  const double* dvar = dmean + layout.rows();
  const double n = static_cast<double>(layout.count());
  const std::int64_t channels = layout.blocks.channels;
  Tensor dx = Tensor::empty(x.shape(), x.dtype());
  dispatch(x.dtype(), [&]<class T>(T) {
    const Coefficients<T> coefficients(layout, false, [&](std::int64_t i) {
      const std::int64_t row = layout.row(i / channels, i % channels);
      return ExactCoefficients{mean[index(row)], 2 * dvar[row] / n, dmean[row] / n};
    });
    kernels::block_affine(layout.blocks, coefficients.affine(), x.data<T>(), dx.mutable_data<T>());
  });
  return dx;
}

// A tensor of [C] or [N, C] at the i-th place of [N, C]; 0 where it is undefined.
class Values {
 public:
  explicit Values(const Tensor& values)
      : data_(values.defined() ? values.data<double>() : nullptr), count_(values.numel()) {}
  double operator()(std::int64_t i) const { return data_ == nullptr ? 0 : data_[i % count_]; }

 private:
  const double* data_;
  std::int64_t count_;
};

// The sums that are the gradients of coefficients, where those are needed.
class CoefficientGradient {
 public:
  explicit CoefficientGradient(const Tensor& of) {
    if (of.requires_grad()) sums_ = Tensor::zeros(of.shape(), DType::kFloat64);
  }
  void add(std::int64_t i, double value) {
    if (sums_.defined()) sums_.mutable_data<double>()[i % sums_.numel()] += value;
  }
  const Tensor& sums() const { return sums_; }

 private:
  Tensor sums_;
};

template <class T>
Gradients affine_backward(const RowLayout& layout, const Tensor& x,
                          const Coefficients<T>& coefficients, const Tensor& center,
                          const Tensor& scale, const Tensor& shift, const Tensor& dy) {
  const Values c(center), a(scale);
  CoefficientGradient dcenter(center), dscale(scale), dshift(shift);
  if (center.requires_grad() || scale.requires_grad() || shift.requires_grad()) {
    Doubles sums(index(layout.blocks.count() * layout.blocks.channels)), products(sums.size());
    kernels::block_products(layout.blocks, coefficients.affine(), x.data<T>(), dy.data<T>(),
                            sums.data(), products.data());
    for (std::size_t at = 0; at < sums.size(); ++at) {
      const auto i = static_cast<std::int64_t>(at);
      const T rounded = coefficients.center[at % coefficients.center.size()];
      const double residue = c(i) - static_cast<double>(rounded);
      dcenter.add(i, -a(i) * sums[at]);
      dscale.add(i, products[at] - residue * sums[at]);
      dshift.add(i, sums[at]);
    }
  }
  Tensor dx;
  if (x.requires_grad()) {
    const Coefficients<T> scale_alone(layout, false, [&](std::int64_t i) {
      return ExactCoefficients{0, a(i), 0};
    });
    dx = Tensor::empty(x.shape(), x.dtype());
    kernels::block_affine(layout.blocks, scale_alone.affine(), dy.data<T>(), dx.mutable_data<T>());
  }
  return {std::move(dx), dcenter.sums(), dscale.sums(), dshift.sums()};
}

void check_coefficients(const Tensor& x, std::initializer_list<const Tensor*> coefficients) {
  const Shape channels{x.size(-1)}, per_sample{x.size(0), x.size(-1)};
  for (const Tensor* v : coefficients) {
    check(!v->defined() || (v->dtype() == DType::kFloat64 &&
                            (v->shape() == channels || v->shape() == per_sample)),
          "affine: x {} needs float64 coefficients of shape {} or {}, got {} {}", x.shape(),
          channels, per_sample, v->shape(), name_of(v->dtype()));
  }
}

}  // namespace

Moments moments(const Tensor& x, StatisticsRows rows) {
  const RowLayout layout("moments", x, rows);
  detail::RowStatistics stats = detail::row_statistics(layout, x);
  Doubles values = stats.mean;
  values.insert(values.end(), stats.var.begin(), stats.var.end());
  const Tensor both = record("moments", Tensor::from<double>({2, layout.rows()}, values), {&x},
                             [layout, x, mean = std::move(stats.mean)](const Tensor& dy) {
                               return Gradients{moments_backward(layout, x, mean, dy)};
                             });
  const Shape shape = layout.per_block() ? Shape{x.size(0), rows.groups} : Shape{layout.rows()};
  return {reshape(slice(both, 0, 0, 1), shape), reshape(slice(both, 0, 1, 2), shape),
          layout.count()};
}

Tensor mean_square(const Moments& rows) {
  return rows.var + rows.mean * rows.mean;
}

Tensor spread_over_channels(const Tensor& per_group, std::int64_t channels) {
  check(per_group.rank() == 2 && per_group.numel() > 0 && channels % per_group.size(1) == 0,
        "spread_over_channels: expects [N, groups] with groups that divide {} channels, got {}",
        channels, per_group.shape());
  const std::int64_t samples = per_group.size(0), groups = per_group.size(1);
  const Tensor each = Tensor::ones({channels / groups}, per_group.dtype());
  return reshape(reshape(per_group, {samples, groups, 1}) * each, {samples, channels});
}

Tensor affine(const Tensor& x, const Tensor& center, const Tensor& scale, const Tensor& shift) {
  const bool per_sample = center.rank() == 2 || scale.rank() == 2 || shift.rank() == 2;
  const RowLayout layout("affine", x, {.groups = per_sample && x.rank() > 0 ? x.size(-1) : 0});
  check_coefficients(x, {&center, &scale, &shift});
  check(scale.defined(), "affine: expects a scale");
  return dispatch(x.dtype(), [&]<class T>(T) {
    const Values c(center), a(scale), b(shift);
    Coefficients<T> coefficients(layout, false, [&](std::int64_t i) {
      return ExactCoefficients{c(i), a(i), b(i)};
    });
    Tensor y = Tensor::empty(x.shape(), x.dtype());
    kernels::block_affine(layout.blocks, coefficients.affine(), x.data<T>(), y.mutable_data<T>());
    return record("affine", std::move(y), {&x, &center, &scale, &shift},
                  [=, coefficients = std::move(coefficients)](const Tensor& dy) {
                    return affine_backward(layout, x, coefficients, center, scale, shift, dy);
                  });
  });
}

}  // namespace keel
