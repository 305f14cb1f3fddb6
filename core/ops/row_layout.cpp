#include <algorithm>

#include <keel/core/ops/row_layout.h>

namespace keel::detail {

RowLayout::RowLayout(std::string_view op, const Tensor& x, StatisticsRows rows)
    : groups(rows.groups) {
  check(x.rank() >= 2, "{}: expects x [N, ..., C], got {}", op, x.shape());
  check(x.numel() > 0, "{}: x {} is empty", op, x.shape());
  check(groups >= 0 && (groups == 0 || x.size(-1) % groups == 0),
        "{}: {} channels do not divide into {} groups", op, x.size(-1), groups);
  constexpr std::int64_t kBlockElements = 1 << 15;
  const std::int64_t channels = x.size(-1), pixels = x.numel() / channels;
  blocks = {pixels, channels,
            groups > 0 ? pixels / x.size(0)
                       : std::clamp<std::int64_t>(kBlockElements / channels, 1, pixels)};
}

RowStatistics contiguous_statistics(const kernels::ContiguousRows& rows, bool centred,
                                    const Tensor& x) {
  RowStatistics stats{Doubles(index(rows.count)), Doubles(index(rows.count))};
  dispatch(x.dtype(), [&]<class T>(T) {
    kernels::row_moments(rows, centred, x.data<T>(), stats.mean.data(), stats.var.data());
  });
  return stats;
}

RowStatistics row_statistics(const RowLayout& layout, const Tensor& x) {
  if (layout.is_contiguous()) return contiguous_statistics(layout.contiguous(), true, x);
  Doubles mean(index(layout.blocks.count() * layout.blocks.channels)), m2(mean.size());
  dispatch(x.dtype(), [&]<class T>(T) {
    kernels::block_moments(layout.blocks, x.data<T>(), mean.data(), m2.data());
  });
  RowStatistics stats{Doubles(index(layout.rows())), Doubles(index(layout.rows()))};
  Doubles counts(index(layout.rows()));
  layout.for_each([&](std::int64_t row, std::int64_t at, std::int64_t block) {
    const double count = static_cast<double>(layout.blocks.size(block));
    double& total = counts[index(row)];
    const double delta = mean[index(at)] - stats.mean[index(row)];
    const double merged = total + count;
    stats.mean[index(row)] += delta * (count / merged);
    stats.var[index(row)] += m2[index(at)] + delta * delta * (total * count / merged);
    total = merged;
  });
  for (double& var : stats.var) {
    var /= static_cast<double>(layout.count());
    if (var < 0) var = 0;  // from rounding; NaN stays NaN
  }
  return stats;
}

}  // namespace keel::detail
