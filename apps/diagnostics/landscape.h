#pragma once
// How smooth the loss is where a training run stands.

#include "apps/diagnostics/parameter_space.h"
#include "apps/diagnostics/probe.h"

namespace keel {

/// Looks along the negative gradient `here.gradient` of the objective, which has its value `here`
/// at the parameters as they are, and leaves them so. One evaluation per point.
/// Santurkar, Tsipras, Ilyas & Madry, "How Does Batch Normalization Help Optimization?",
/// NeurIPS 2018, figure 4.
Landscape measure_landscape(const Objective& objective, const Objective::Value& here, double lr);

}  // namespace keel
