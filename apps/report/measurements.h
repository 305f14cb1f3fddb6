#pragma once
// The numbers of --diagnostics, one by one, for those who go on with them elsewhere.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apps/report/input.h"

namespace keel {

/// What is measured: the accuracy by statistics, a step's time, the loss around the weights, a
/// layer, a unit of one.
enum class Measured { kAccuracy, kTime, kLandscape, kLayer, kUnit };

/// One number of a variant, a mean or median over its seeds.
struct Measurement {
  const Variant* variant;
  Measured kind;
  std::string measure;               ///< "Gradient norm"
  std::string of;                    ///< a layer, a unit, an op, which statistics, which end
  std::optional<std::int64_t> step;  ///< of what was measured at one; times are medians over all
  double value;                      ///< of the landscape: infinite where a seed's is not finite
};

/// Held-out accuracy by statistics at the last probe, milliseconds of a step by op, the share of
/// normalisation in it, and at each probe the bands of the loss and of the gradient's change along
/// the gradient and beta smoothness, what the maps of layers show, and the percentiles of
/// activations, variant by variant. Empty without probes.
std::vector<Measurement> measurements(const ReportInput& input);

inline constexpr const char* kHeldOutAccuracy = "Held-out accuracy";
inline constexpr const char* kStepTime = "Milliseconds of a step";
inline constexpr const char* kStepShare = "Share of a step";

}  // namespace keel
