#pragma once
// For the ops of normalisation: y = (x - center) scale + shift, from float64 to what kernels take.

#include <cstdint>
#include <vector>

#include <keel/core/ops/row_layout.h>

namespace keel::detail {

struct ExactCoefficients {
  double center, scale, shift;
};

/// The coefficients of every channel, and of every block where the layout has rows in each.
template <class T>
struct Coefficients {
  std::vector<T> center, scale, shift;
  bool per_block, relu;

  /// f(position in a [sets, channels] array) -> ExactCoefficients
  template <class F>
  Coefficients(const RowLayout& layout, bool with_relu, F&& f)
      : center(index(layout.coefficients() * layout.blocks.channels)),
        scale(center.size()),
        shift(center.size()),
        per_block(layout.per_block()),
        relu(with_relu) {
    for (std::size_t i = 0; i < center.size(); ++i) {
      const ExactCoefficients exact = f(static_cast<std::int64_t>(i));
      // The center rounded to T is subtracted first; what rounding left goes into the shift.
      center[i] = static_cast<T>(exact.center);
      scale[i] = static_cast<T>(exact.scale);
      const double residue = exact.center - static_cast<double>(center[i]);
      shift[i] = static_cast<T>(exact.shift - residue * exact.scale);
    }
  }

  kernels::Affine<T> affine() const {
    return {center.data(), scale.data(), shift.data(), per_block, relu};
  }
};

}  // namespace keel::detail
