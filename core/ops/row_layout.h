#pragma once
// For the ops of normalisation: how x is cut, and the statistics of its rows.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <keel/core/kernels/contiguous_rows.h>
#include <keel/core/kernels/normalize.h>
#include <keel/core/ops/normalize.h>

namespace keel::detail {

using Doubles = std::vector<double>;

inline std::size_t index(std::int64_t i) {
  return static_cast<std::size_t>(i);
}

/// How x [N, ..., C] is cut: with groups, a block is a sample; without, a piece of the batch of a
/// size that one thread takes at a time.
struct RowLayout {
  kernels::PixelBlocks blocks;
  std::int64_t groups;  // 0: per channel

  /// Throws Error, in the name of the op, where x is empty or C does not divide into the groups.
  RowLayout(std::string_view op, const Tensor& x, StatisticsRows rows);

  bool per_block() const { return groups > 0; }
  /// Whether the elements of each row lie side by side, as those of one pixel do.
  bool is_contiguous() const { return per_block() && blocks.block == 1; }
  kernels::ContiguousRows contiguous() const { return {rows(), count(), groups}; }
  std::int64_t rows() const { return per_block() ? blocks.count() * groups : blocks.channels; }
  std::int64_t count() const {  // elements of one row
    return per_block() ? blocks.block * (blocks.channels / groups) : blocks.pixels;
  }
  std::int64_t coefficients() const {  // sets of per-channel coefficients
    return per_block() ? blocks.count() : 1;
  }
  std::int64_t row(std::int64_t block, std::int64_t channel) const {
    return per_block() ? block * groups + channel / (blocks.channels / groups) : channel;
  }

  /// f(row, position in a [blocks, channels] array, block) for each of its elements
  template <class F>
  void for_each(F&& f) const {
    for (std::int64_t b = 0; b < blocks.count(); ++b) {
      for (std::int64_t c = 0; c < blocks.channels; ++c) f(row(b, c), b * blocks.channels + c, b);
    }
  }
};

/// One of each per row; the variance is biased.
struct RowStatistics {
  Doubles mean, var;
};

/// The same of rows that lie side by side; unless they are `centred`, with 0 in the place of the
/// mean and the mean square in that of the variance.
RowStatistics contiguous_statistics(const kernels::ContiguousRows& rows, bool centred,
                                    const Tensor& x);

/// Those of each block and channel, put together by the formulae of Chan et al., "Updating Formulae
/// and a Pairwise Algorithm for Computing Sample Variances", 1979.
RowStatistics row_statistics(const RowLayout& layout, const Tensor& x);

}  // namespace keel::detail
