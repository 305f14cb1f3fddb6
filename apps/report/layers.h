#pragma once
// What --diagnostics tells layer by layer, as maps over time.

#include <cstdint>
#include <string>
#include <vector>

#include "apps/report/input.h"
#include "apps/report/map.h"

namespace keel {

/// Gradient norm, update ratio, effective learning rate, dead units, covariate shift and gaps of
/// running statistics: a map per variant with a row for each layer and a column for each probed
/// step. Empty without probes.
std::vector<ReportMap> layer_maps(const ReportInput& input);

/// A layer's mean over a variant's seeds at a probed step, of one of those measures.
struct LayerValue {
  std::string measure, layer;
  std::int64_t step;
  double value;
};
std::vector<LayerValue> layer_values(const Variant& variant);

/// The maps with a control "measure", which chooses between them.
std::string layer_maps_html(const ReportInput& input);

}  // namespace keel
