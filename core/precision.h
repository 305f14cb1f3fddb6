#pragma once
// How much rounding error the float32 kernels may trade for speed.

#include <string>
#include <string_view>
#include <vector>

namespace keel {

enum class Precision {
  /// Winograd's F(4x4, 3x3) where it fits: relative error of a convolution to 2e-5. An infinite
  /// value there makes NaN of the results of its tile; the plain sums make infinity of fewer.
  kFast,
  kPrecise,  ///< sums as they are defined: below 1e-6
};

/// The whole process's; kFast at first.
Precision precision();
/// Not to be called while another thread computes.
void set_precision(Precision precision);

/// "fast" and "precise".
std::vector<std::string> precision_names();
/// Throws Error naming the nearest for any other name.
Precision precision_named(std::string_view name);

}  // namespace keel
