#pragma once
// The numbers of --diagnostics, one by one, for those who go on with them elsewhere.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apps/report/input.h"

namespace keel {

/// One number of a variant, a mean or median over its seeds.
struct Measurement {
  const Variant* variant;
  std::string measure;               ///< "Gradient norm"
  std::string of;                    ///< a layer, an op, or which statistics
  std::optional<std::int64_t> step;  ///< of what was measured at one; times are medians over all
  double value;
};

/// Held-out accuracy by statistics at the last probe, milliseconds of a step by op, the share of
/// normalisation in it, and what the maps of layers show, variant by variant. Empty without probes.
std::vector<Measurement> measurements(const ReportInput& input);

inline constexpr const char* kHeldOutAccuracy = "Held-out accuracy";
inline constexpr const char* kStepTime = "Milliseconds of a step";
inline constexpr const char* kStepShare = "Share of a step";

}  // namespace keel
