#pragma once
// Quantities of a diagnosed run that thresholds are about.

#include "apps/train/run.h"

namespace keel {

using ProbeValue = double (*)(const Probe&);

/// Largest minus smallest loss along the gradient, by learning rates.
double loss_band(const Probe& probe);
/// The largest change of the gradient there, and the same over the gradient's own size.
double gradient_change(const Probe& probe);
double relative_gradient_change(const Probe& probe);
/// Effective beta smoothness there.
double beta_smoothness(const Probe& probe);
/// Internal covariate shift: how far a layer's gradient moves, and the cosine of the angle by which
/// it turns; means over the layers.
double covariate_shift(const Probe& probe);
double covariate_cosine(const Probe& probe);

/// The largest and the mean of the values that are finite; NaN where none is.
double largest_over_probes(const Run& run, ProbeValue value);
double mean_over_probes(const Run& run, ProbeValue value);

}  // namespace keel
