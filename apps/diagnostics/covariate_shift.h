#pragma once
// Internal covariate shift, as a change of gradients.

#include "apps/diagnostics/parameter_space.h"
#include "apps/diagnostics/probe.h"

namespace keel {

/// For up to five layers with weights, evenly spaced, that have such layers below them: how far
/// their gradient G turns into G' when the parameters below them alone take the step -lr g, on the
/// same batch. `here` is the objective's value at the parameters as they are; they are left so. One
/// evaluation per layer. "Below" is the order of `ranges`.
/// Santurkar, Tsipras, Ilyas & Madry, "How Does Batch Normalization Help Optimization?",
/// NeurIPS 2018, definition 2.1.
std::vector<CovariateShift> measure_covariate_shift(const Objective& objective,
                                                    const Objective::Value& here,
                                                    const std::vector<ParameterRange>& ranges,
                                                    double lr);

}  // namespace keel
