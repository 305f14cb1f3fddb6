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

/// The largest value: infinity where one is not finite, NaN without probes.
double largest_over_probes(const Run& run, ProbeValue value);
/// The largest and the mean of the values that are finite; NaN where none is.
double largest_finite_over_probes(const Run& run, ProbeValue value);
double mean_over_probes(const Run& run, ProbeValue value);
/// The largest `value` of one run over that of another; NaN where one of them is null. A value that
/// is not finite is larger than any: what is finite then bounds the ratio, which is told where that
/// bound decides whether it is at least `threshold`, and NaN elsewhere.
double ratio_of_largest(const Run* over, const Run* under, ProbeValue value, double threshold);
/// How many probes found a value that is not finite.
int not_finite_probes(const Run& run, ProbeValue value);

}  // namespace keel
