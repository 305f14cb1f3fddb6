#pragma once
// --diagnostics: everything that is measured around one training step.

#include <optional>

#include <keel/core/profile.h>
#include <keel/data/loader.h>
#include <keel/layers/module.h>

#include "apps/diagnostics/parameter_space.h"
#include "apps/diagnostics/probe.h"

namespace keel {

/// A step that is about to be taken.
struct PlannedStep {
  std::int64_t number;  ///< 1 for the first
  const Batch& batch;
  Mode mode;  ///< that the step will train with
  double lr;
  double label_smoothing;
};

/// Measures a step without changing it: state, gradients, optimiser and random numbers are as if
/// there were no probe. To be made right before the step, and finished right behind it.
class StepProbe {
 public:
  /// Measures what there is before the step, and begins to time it.
  StepProbe(Module& model, const DatasetSplits& data, const Standardization& standardization,
            const PlannedStep& step);

  /// Measures what the step did.
  Probe finish();

 private:
  std::vector<ParameterRange> ranges_;
  std::vector<Tensor> parameters_, before_;
  Probe probe_;
  std::optional<Profile> profile_;
};

}  // namespace keel
