#pragma once
// Initial values of weights.

#include <string_view>

#include <keel/core/random.h>
#include <keel/core/tensor.h>

namespace keel {

/// How a weight [out, ...] is drawn. fan_in is the number of inputs of one output, fan_out the
/// number of outputs that one input reaches (both count a convolution's taps).
enum class Init {
  kPyTorch,  ///< U(-b, b), b = 1 / sqrt(fan_in): what PyTorch gives convolutions and dense layers
  kKaimingNormal,   ///< N(0, 2 / fan_in); He et al., ICCV 2015
  kKaimingUniform,  ///< U(-b, b), b = sqrt(6 / fan_in)
  kXavierNormal,    ///< N(0, 2 / (fan_in + fan_out)); Glorot & Bengio, AISTATS 2010
  kXavierUniform,   ///< U(-b, b), b = sqrt(6 / (fan_in + fan_out))
  kNormal,          ///< N(0, 1)
};

struct Fans {
  double in, out;
};
/// Of a dense [out, in] or convolution [K, R, S, C / groups] weight.
Fans fans_of(const Shape& weight, std::int64_t groups = 1);

/// A weight drawn from rng, times `scale`; `groups` are a convolution's.
Tensor initial_weight(const Shape& shape, Init init, Rng rng, std::int64_t groups = 1,
                      double scale = 1);
/// U(-b, b), b = 1 / sqrt(fan_in) for kPyTorch; zeros for the others.
Tensor initial_bias(const Shape& weight, Init init, Rng rng);

}  // namespace keel
