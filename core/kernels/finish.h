#pragma once

namespace keel::kernels {

/// What becomes of each sum of a convolution before it is stored: bias[output channel] is added
/// (null: nothing), and where `relu` what is negative becomes 0 (NaN stays).
struct Finish {
  const float* bias = nullptr;
  bool relu = false;
};

}  // namespace keel::kernels
