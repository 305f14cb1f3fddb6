#pragma once
// What the units of a model do.

#include <span>

#include <keel/layers/module.h>

#include "apps/diagnostics/probe.h"
#include "apps/evaluation/held_out.h"

namespace keel {

/// The activity of each layer that neither weighs its input nor changes its shape (activations,
/// normalisations, and what stands in for them), for held-out images in evaluation: of three units,
/// the first, the middle and the last one, the percentiles over the first batch and all pixels; and
/// the fraction of units that are above 0 for no image and no pixel.
std::vector<LayerActivity> measure_activity(Module& model, const HeldOut& images);

/// The value below which that part of the values lie, from 0 to 1, interpolated between the two
/// that are nearest (NumPy's rule). Reorders the values, of which there is one or more.
double percentile(std::span<float> values, double part);

}  // namespace keel
