#include <vector>

#include <keel/core/autograd.h>
#include <keel/core/ops/elementwise.h>
#include <keel/core/ops/moments.h>
#include <keel/core/ops/row_layout.h>
#include <keel/core/ops/shape_ops.h>

namespace keel {
namespace {

using detail::Doubles;
using detail::index;
using detail::RowLayout;

struct Triple {
  double center, scale, shift;
};

// y = (x - center) scale + shift with coefficients for every channel, and block where per_block.
template <class T>
struct Coefficients {
  std::vector<T> center, scale, shift;
  bool per_block;

  // f(position in a [sets, channels] array) -> Triple
  template <class F>
  Coefficients(const RowLayout& layout, F&& f)
      : center(index(layout.coefficients() * layout.blocks.channels)),
        scale(center.size()),
        shift(center.size()),
        per_block(layout.per_block()) {
    for (std::size_t i = 0; i < center.size(); ++i) {
      const Triple exact = f(static_cast<std::int64_t>(i));
      // The center rounded to T is subtracted first; what rounding left goes into the shift.
      center[i] = static_cast<T>(exact.center);
      scale[i] = static_cast<T>(exact.scale);
      const double residue = exact.center - static_cast<double>(center[i]);
      shift[i] = static_cast<T>(exact.shift - residue * exact.scale);
    }
  }
  kernels::Affine<T> affine() const {
    return {center.data(), scale.data(), shift.data(), per_block, /*relu=*/false};
  }
};

// d mean = 1 / n and d var = 2 (x - mean) / n
Tensor moments_backward(const RowLayout& layout, const Tensor& x, const Doubles& mean,
                        const Tensor& dy) {
  const double* dmean = dy.data<double>();
  const double* dvar = dmean + layout.rows();
  const double n = static_cast<double>(layout.count());
  const std::int64_t channels = layout.blocks.channels;
  Tensor dx = Tensor::empty(x.shape(), x.dtype());
  dispatch(x.dtype(), [&]<class T>(T) {
    const Coefficients<T> coefficients(layout, [&](std::int64_t i) {
      const std::int64_t row = layout.row(i / channels, i % channels);
      return Triple{mean[index(row)], 2 * dvar[row] / n, dmean[row] / n};
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
    const Coefficients<T> scale_alone(layout, [&](std::int64_t i) { return Triple{0, a(i), 0}; });
    dx = Tensor::empty(x.shape(), x.dtype());
    kernels::block_affine(layout.blocks, scale_alone.affine(), dy.data<T>(), dx.mutable_data<T>());
  }
  return {std::move(dx), dcenter.sums(), dscale.sums(), dshift.sums()};
}

void check_coefficients(const Tensor& x, std::initializer_list<const Tensor*> coefficients) {
  check(x.rank() >= 2 && x.numel() > 0, "affine: expects x [N, ..., C], not empty, got {}",
        x.shape());
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
  check(x.rank() >= 2 && x.numel() > 0, "moments: expects x [N, ..., C], not empty, got {}",
        x.shape());
  check(rows.groups >= 0 && (rows.groups == 0 || x.size(-1) % rows.groups == 0),
        "moments: {} channels do not divide into {} groups", x.size(-1), rows.groups);
  const RowLayout layout(x, rows);
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

Tensor of_channels(const Tensor& per_group, std::int64_t channels) {
  const std::int64_t samples = per_group.size(0), groups = per_group.size(1);
  const Tensor each = Tensor::ones({channels / groups}, per_group.dtype());
  return reshape(reshape(per_group, {samples, groups, 1}) * each, {samples, channels});
}

Tensor affine(const Tensor& x, const Tensor& center, const Tensor& scale, const Tensor& shift) {
  check_coefficients(x, {&center, &scale, &shift});
  check(scale.defined(), "affine: expects a scale");
  const bool per_sample = center.rank() == 2 || scale.rank() == 2 || shift.rank() == 2;
  const RowLayout layout(x, {.groups = per_sample ? x.size(-1) : 0});
  return dispatch(x.dtype(), [&]<class T>(T) {
    const Values c(center), a(scale), b(shift);
    Coefficients<T> coefficients(layout, [&](std::int64_t i) { return Triple{c(i), a(i), b(i)}; });
    Tensor y = Tensor::empty(x.shape(), x.dtype());
    kernels::block_affine(layout.blocks, coefficients.affine(), x.data<T>(), y.mutable_data<T>());
    return record("affine", std::move(y), {&x, &center, &scale, &shift},
                  [=, coefficients = std::move(coefficients)](const Tensor& dy) {
                    return affine_backward(layout, x, coefficients, center, scale, shift, dy);
                  });
  });
}

}  // namespace keel
