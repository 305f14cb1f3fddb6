#include <cmath>
#include <utility>

#include <keel/core/ops/contiguous_normalize.h>
#include <keel/core/ops/rms_normalize.h>

namespace keel {

Tensor rms_normalize(const Tensor& x, const Tensor& gamma, double eps) {
  check(x.rank() == 2 && x.numel() > 0 &&
            (!gamma.defined() || (gamma.shape() == Shape{x.size(1)} && gamma.dtype() == x.dtype())),
        "rms_normalize: expects x [N, C] and gamma [C] of its type, got {} and {}", x.shape(),
        gamma.defined() ? gamma.shape().to_string() : "none");
  const kernels::ContiguousRows rows{x.size(0), x.size(1), 1};
  detail::RowStatistics stats = detail::contiguous_statistics(rows, false, x);
  const std::size_t count = stats.var.size();
  detail::RowInverses inverses{std::move(stats.mean), detail::Doubles(count),
                               detail::Doubles(count)};
  for (std::size_t i = 0; i < count; ++i) {
    const double inverse = 1 / std::sqrt(stats.var[i] + eps);
    inverses.inverse[i] = inverse;
    inverses.slope[i] = -0.5 * inverse * inverse * inverse;
  }
  return detail::normalize_contiguous("rms_normalize", rows, false, x, std::move(inverses), gamma,
                                      {}, false);
}

}  // namespace keel
