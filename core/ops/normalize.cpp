#include <cmath>
#include <memory>
#include <vector>

#include <keel/core/autograd.h>
#include <keel/core/kernels/normalize.h>
#include <keel/core/kernels/scratch.h>
#include <keel/core/ops/contiguous_normalize.h>
#include <keel/core/ops/normalize.h>
#include <keel/core/ops/pool.h>
#include <keel/core/ops/pool_geometry.h>
#include <keel/core/ops/row_coefficients.h>

namespace keel {
namespace {

using detail::Coefficients;
using detail::Doubles;
using detail::ExactCoefficients;
using detail::index;
using detail::RowStatistics;
using Layout = detail::RowLayout;
using Rows = detail::RowInverses;

double inverse_deviation(double var, double eps, EpsPlacement placement) {
  return placement == EpsPlacement::kInsideRoot ? 1 / std::sqrt(var + eps)
                                                : 1 / (std::sqrt(var) + eps);
}

// d(inverse_deviation) / d(var)
double inverse_deviation_slope(double var, double eps, EpsPlacement placement) {
  const double inverse = inverse_deviation(var, eps, placement);
  if (placement == EpsPlacement::kInsideRoot) return -0.5 * inverse * inverse * inverse;
  return var > 0 ? -0.5 * inverse * inverse / std::sqrt(var) : 0;
}

// Per-channel values of gamma or beta, or their default.
template <class T>
Doubles channel_values(const Tensor& v, std::int64_t channels, double otherwise) {
  if (!v.defined()) return Doubles(index(channels), otherwise);
  return Doubles(v.data<T>(), v.data<T>() + channels);
}

void check_parameters(const Tensor& x, const Tensor& gamma, const Tensor& beta) {
  for (const Tensor* v : {&gamma, &beta}) {
    check(!v->defined() || (v->shape() == Shape{x.size(-1)} && v->dtype() == x.dtype()),
          "normalize: x {} {} needs gamma and beta of shape [{}], got {} {}", x.shape(),
          name_of(x.dtype()), x.size(-1), v->shape(), name_of(v->dtype()));
  }
}

// What a pass with a max pool behind keeps of it: the shape of its result, and the places.
struct Pool {
  Shape shape;  // of its result
  kernels::PoolBehind behind;
  kernels::Scratch<std::int32_t> pixels;  // behind.pixel

  Pool(const Shape& x, const Epilogue& epilogue)
      : shape(pooled_shape(max_pool_geometry(x, *epilogue.pool))),
        behind{band_geometry(x, *epilogue.pool), epilogue.relu, nullptr},
        pixels(shape.numel()) {
    behind.pixel = pixels.data();
  }
  ~Pool() = default;
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // The gradient of what it is given.
  template <class T>
  Tensor backward(const Shape& x, const Tensor& dy) const {
    Tensor dx = Tensor::empty(x, dy.dtype());
    kernels::max_pool_backward(behind.geometry, dy.data<T>(), behind.pixel, dx.mutable_data<T>());
    return dx;
  }
};

template <class T>
Coefficients<T> coefficients_of(const Layout& layout, const Rows& rows, const Tensor& gamma,
                                const Tensor& beta, bool relu) {
  const std::int64_t channels = layout.blocks.channels;
  const Doubles g = channel_values<T>(gamma, channels, 1), b = channel_values<T>(beta, channels, 0);
  return {layout, relu, [&](std::int64_t i) {
            const std::size_t c = index(i % channels);
            const std::size_t row = index(layout.row(i / channels, i % channels));
            return ExactCoefficients{rows.mean[row], g[c] * rows.inverse[row], b[c]};
          }};
}

// With g = gamma, u the inverse deviation and u' its slope against the variance, per row of n
// elements:
//   dx = g u dy + (x - mean) (2 / n) u' sum(g dy (x - mean)) - u sum(g dy) / n
template <class T>
Gradients backward_of(const Layout& layout, const Tensor& x, const Rows& rows,
                      const Coefficients<T>& coefficients, const Tensor& gamma, const Tensor& beta,
                      bool constant_statistics, Tensor dy) {
  const std::int64_t channels = layout.blocks.channels;
  const Doubles g = channel_values<T>(gamma, channels, 1);
  const std::vector<T>& center = coefficients.center;
  Doubles sums(index(layout.blocks.count() * channels)), products(sums.size());
  kernels::block_products(layout.blocks, coefficients.affine(), x.data<T>(), dy.data<T>(),
                          sums.data(), products.data());
  Doubles row_sum(index(layout.rows())), row_product(index(layout.rows()));
  Doubles dgamma(index(channels)), dbeta(index(channels));
  layout.for_each([&](std::int64_t r, std::int64_t at, std::int64_t) {
    const std::size_t row = index(r), c = index(at % channels);
    const double residue =
        rows.mean[row] - static_cast<double>(center[layout.per_block() ? index(at) : c]);
    const double sum = sums[index(at)], product = products[index(at)] - residue * sum;
    row_sum[row] += g[c] * sum;
    row_product[row] += g[c] * product;
    dgamma[c] += product * rows.inverse[row];
    dbeta[c] += sum;
  });

  Gradients gradients(3);
  const auto to_tensor = [&](const Doubles& values) {
    return Tensor::from<double>({channels}, values).to(x.dtype());
  };
  if (gamma.requires_grad()) gradients[1] = to_tensor(dgamma);
  if (beta.requires_grad()) gradients[2] = to_tensor(dbeta);
  if (!x.requires_grad()) return gradients;

  std::vector<T> slope(center.size()), offset(center.size());
  const double n = static_cast<double>(layout.count());
  for (std::size_t i = 0; i < center.size() && !constant_statistics; ++i) {
    const auto at = static_cast<std::int64_t>(i);
    const std::size_t row = index(layout.row(at / channels, at % channels));
    const double k = 2 / n * rows.slope[row] * row_product[row];
    slope[i] = static_cast<T>(k);
    offset[i] = static_cast<T>(-rows.inverse[row] * row_sum[row] / n -
                               k * (rows.mean[row] - static_cast<double>(center[i])));
  }
  Tensor dx = dy.unique() ? dy : Tensor::empty(x.shape(), x.dtype());
  kernels::block_backward(layout.blocks, coefficients.affine(), x.data<T>(), dy.data<T>(),
                          slope.data(), offset.data(), dx.mutable_data<T>());
  gradients[0] = std::move(dx);
  return gradients;
}

Tensor apply(const Layout& layout, const Tensor& x, Rows rows, const Tensor& gamma,
             const Tensor& beta, bool constant_statistics, const Epilogue& epilogue) {
  if (epilogue.pool && !normalize_takes_pool(x, *epilogue.pool)) {
    return max_pool2d(
        apply(layout, x, std::move(rows), gamma, beta, constant_statistics, Epilogue::kNone),
        *epilogue.pool, {.relu = epilogue.relu});
  }
  if (layout.is_contiguous() && !epilogue.pool) {
    return detail::normalize_contiguous("normalize", layout.contiguous(), true, x, std::move(rows),
                                        gamma, beta, epilogue.relu);
  }
  return dispatch(x.dtype(), [&]<class T>(T) {
    const auto pool = epilogue.pool ? std::make_shared<const Pool>(x.shape(), epilogue) : nullptr;
    auto coefficients = coefficients_of<T>(layout, rows, gamma, beta, !pool && epilogue.relu);
    Tensor y = Tensor::empty(pool ? pool->shape : x.shape(), x.dtype());
    if (pool) {
      kernels::block_affine_pool(layout.blocks, coefficients.affine(), pool->behind, x.data<T>(),
                                 y.mutable_data<T>());
    } else {
      kernels::block_affine(layout.blocks, coefficients.affine(), x.data<T>(), y.mutable_data<T>());
    }
    return record(pool ? "normalize_max_pool2d" : "normalize", std::move(y), {&x, &gamma, &beta},
                  [=, rows = std::move(rows), coefficients = std::move(coefficients)](Tensor dy) {
                    if (pool) dy = pool->backward<T>(x.shape(), dy);
                    return backward_of<T>(layout, x, rows, coefficients, gamma, beta,
                                          constant_statistics, std::move(dy));
                  });
  });
}

}  // namespace

Normalized normalize(const Tensor& x, const Tensor& gamma, const Tensor& beta, StatisticsRows rows,
                     double eps, EpsPlacement placement, const Epilogue& epilogue) {
  const Layout layout("normalize", x, rows);
  check_parameters(x, gamma, beta);
  check(layout.count() > 1, "normalize: x {} has one value per {}, which has no variance",
        x.shape(), rows.groups == 0 ? "channel" : "sample and group");
  RowStatistics stats = detail::row_statistics(layout, x);
  Rows per_row{stats.mean, Doubles(stats.var.size()), Doubles(stats.var.size())};
  for (std::size_t i = 0; i < stats.var.size(); ++i) {
    per_row.inverse[i] = inverse_deviation(stats.var[i], eps, placement);
    per_row.slope[i] = inverse_deviation_slope(stats.var[i], eps, placement);
  }
  return {.y = apply(layout, x, std::move(per_row), gamma, beta, false, epilogue),
          .mean = Tensor::from<double>({layout.rows()}, stats.mean),
          .var = Tensor::from<double>({layout.rows()}, stats.var),
          .count = layout.count()};
}

Tensor normalize_with(const Tensor& x, const Tensor& mean, const Tensor& var, const Tensor& gamma,
                      const Tensor& beta, double eps, const Epilogue& epilogue) {
  const Layout layout("normalize_with", x, {});
  check_parameters(x, gamma, beta);
  const Shape channels{x.size(-1)};
  check(mean.shape() == channels && var.shape() == channels,
        "normalize_with: x {} needs mean and var of shape {}, got {} and {}", x.shape(), channels,
        mean.shape(), var.shape());
  const Tensor means = mean.to(DType::kFloat64), vars = var.to(DType::kFloat64);
  Rows rows;
  for (std::int64_t c = 0; c < channels[0]; ++c) {
    rows.mean.push_back(means.data<double>()[c]);
    rows.inverse.push_back(
        inverse_deviation(vars.data<double>()[c], eps, EpsPlacement::kInsideRoot));
    rows.slope.push_back(0);
  }
  return apply(layout, x, std::move(rows), gamma, beta, true, epilogue);
}

bool normalize_takes_pool(const Tensor& x, const Pool2dOptions& pool) {
  return bands_fit(x.shape(), pool);
}

}  // namespace keel
