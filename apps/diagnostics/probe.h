#pragma once
// What --diagnostics measures around one training step: docs/diagnostics.md.

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace keel {

/// Smallest and largest of some values. A `high` that is NaN: one of them was not finite.
struct Band {
  double low = std::numeric_limits<double>::quiet_NaN();
  double high = std::numeric_limits<double>::quiet_NaN();

  bool operator==(const Band&) const = default;
};

/// At w - step g, of a loss L with the gradient g at w.
struct DescentPoint {
  double step = 0;
  double loss = 0;             ///< L(w - step g)
  double gradient_change = 0;  ///< |g(w - step g) - g(w)|, Euclidean

  bool operator==(const DescentPoint&) const = default;
};

/// A walk along the negative gradient.
struct Descent {
  std::vector<DescentPoint> points{};
  Band loss{};             ///< over the points and w itself
  Band gradient_change{};  ///< over the points: gradient predictiveness
  double beta = 0;         ///< the largest gradient_change / (step |g|): effective beta smoothness

  bool operator==(const Descent&) const = default;
};

/// The loss around the parameters w (Santurkar et al., NeurIPS 2018, section 3.1).
struct Landscape {
  double loss = 0;           ///< L(w)
  double gradient_norm = 0;  ///< |g(w)|
  Descent by_rate{};         ///< steps of 0.5, 1, 2, 3 and 4 learning rates
  Descent by_step{};         ///< steps that are the same for every learning rate

  bool operator==(const Landscape&) const = default;
};

/// Internal covariate shift of a layer (Santurkar et al., definition 2.1): G its gradient, G' its
/// gradient after the layers below it alone took their step.
struct CovariateShift {
  std::string layer{};
  double gradient_norm = 0;  ///< |G|
  double distance = 0;       ///< |G - G'|
  double cosine = 0;         ///< of the angle between G and G'

  bool operator==(const CovariateShift&) const = default;
};

/// What a step does to a layer with parameters.
struct LayerUpdate {
  std::string layer{};
  double gradient_norm = 0;
  double weight_norm = 0;   ///< before the step
  double update_ratio = 0;  ///< |change| / |w|, the change that of the optimiser

  bool operator==(const LayerUpdate&) const = default;
};

/// Percentiles of one unit's values.
struct UnitPercentiles {
  std::int64_t unit = 0;  ///< its index in the last axis
  double p15 = 0, p50 = 0, p85 = 0;

  bool operator==(const UnitPercentiles&) const = default;
};

/// The outputs of an activation or a normalisation for held-out images, in evaluation.
struct LayerActivity {
  std::string layer{};
  double dead = 0;  ///< fraction of units that are above 0 for no image
  std::vector<UnitPercentiles> units{};

  bool operator==(const LayerActivity&) const = default;
};

/// How far a normalisation's running statistics lie from those of the training images (recalibrated
/// ones) and of what it gets in evaluation, means over its channels.
struct StatisticsGap {
  std::string layer{};
  double mean_gap = 0;        ///< |mean - population's| / the population's deviation
  double variance_ratio = 0;  ///< the larger variance / the smaller one
  /// The same of the running variance and that in evaluation on held-out images, where the running
  /// statistics normalise the layers below, too (Li et al., CVPR 2019). None where no variance is
  /// kept, and in runs of a Keel that did not measure it.
  std::optional<double> variance_shift{};

  bool operator==(const StatisticsGap&) const = default;
};

/// Accuracy on held-out images, by the statistics that normalise them.
struct StatisticsAccuracy {
  double running = 0, recalibrated = 0, batch = 0;

  bool operator==(const StatisticsAccuracy&) const = default;
};

/// An op's part of the step's time.
struct OpTime {
  std::string op{};
  double milliseconds = 0;
  double share = 0;  ///< 0 to 1

  bool operator==(const OpTime&) const = default;
};

struct Probe {
  std::int64_t step = 0;  ///< the step that was probed, 1 for the first
  double lr = 0;          ///< its learning rate
  Landscape landscape;
  std::vector<CovariateShift> covariate_shift;
  std::vector<LayerUpdate> updates;
  std::vector<LayerActivity> activity;
  std::vector<StatisticsGap> statistics_gap;   ///< empty without running statistics
  std::optional<StatisticsAccuracy> accuracy;  ///< under the same condition
  std::vector<OpTime> time;                    ///< the longest first

  bool operator==(const Probe&) const = default;
};

}  // namespace keel
