#pragma once
// `keel norms NAME --check`: whether a normalisation's gradient is right.

#include <string>
#include <vector>

#include <keel/layers/norm_spec.h>

namespace keel {

/// How far a gradient is from central differences: |g - d| / max(1, |g|, |d|), at its worst.
struct GradientError {
  double largest = 0;
  std::string where{};  ///< "input", or a parameter and its element: "1.weight[3]"

  static constexpr double kTolerance = 1e-6;
  bool right() const { return largest <= kTolerance; }
};

/// The gradients of all parameters and of the input through a 3x3 convolution and the normalisation
/// behind it, with its activation if it brings one: in float64, on random images, parameters and
/// upstream gradients. Training uses the batch's statistics and draws the same noise each time.
GradientError norm_gradient_error(const NormSpec& spec, bool training);

/// Prints both errors of each and returns the exit code: kExitInternal if one is not right. The
/// program's own code is wrong then, also where it is a norm that a user added.
int check_norms(const std::vector<NormSpec>& specs);

}  // namespace keel
