#pragma once
// What running statistics miss.

#include <optional>

#include <keel/layers/module.h>

#include "apps/diagnostics/probe.h"
#include "apps/evaluation/held_out.h"

namespace keel {

struct StatisticsReport {
  std::vector<StatisticsGap> gaps;             ///< one per normalisation with running statistics
  std::optional<StatisticsAccuracy> accuracy;  ///< empty where there is no such normalisation
};

/// Compares the running statistics with those of the population, which are what recalibrate()
/// makes of 2,000 training images, and with those of each batch. Per channel, with eps = 1e-5,
///   mean_gap = |mean - population mean| / sqrt(population variance + eps),
///   variance_ratio = max(q, 1 / q), q = (variance + eps) / (population variance + eps);
/// NaN for what a normalisation does not keep. variance_shift is the same as variance_ratio, but
/// against the variance of what the layer gets when the model evaluates the held-out images with
/// its running statistics. The model's state is as before at the end.
/// Li, Chen, Hu & Yang, "Understanding the Disharmony between Dropout and Batch Normalization by
/// Variance Shift", CVPR 2019.
StatisticsReport compare_statistics(Module& model, const Dataset& train,
                                    const Standardization& standardization, const HeldOut& images);

}  // namespace keel
