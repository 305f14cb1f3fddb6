#include "apps/diagnostics/diagnostics.h"

#include <algorithm>

#include <keel/core/ops/loss.h>
#include <keel/layers/state.h>

#include "apps/diagnostics/activity.h"
#include "apps/diagnostics/covariate_shift.h"
#include "apps/diagnostics/landscape.h"
#include "apps/diagnostics/statistics_gap.h"

namespace keel {
namespace {

std::vector<Tensor> parameter_tensors(Module& model) {
  std::vector<Tensor> tensors;
  for (const StateEntry& entry : parameters_of(model)) tensors.push_back(entry.tensor);
  return tensors;
}

// The loss that the step will see, as often as it is asked for.
Objective objective_of(Module& model, const PlannedStep& step) {
  Mode mode = step.mode;
  mode.statistics = StatisticsUpdate::kNever;
  return {parameter_tensors(model), [&model, &step, mode] {
            return cross_entropy(model.forward(step.batch.images, mode), step.batch.labels,
                                 step.label_smoothing);
          }};
}

std::vector<OpTime> times_of(const Profile& profile) {
  double total = 0;
  for (const auto& [op, seconds] : profile.seconds()) total += seconds;
  std::vector<OpTime> times;
  for (const auto& [op, seconds] : profile.seconds()) {
    times.push_back({op, 1e3 * seconds, seconds / total});
  }
  std::stable_sort(times.begin(), times.end(), [](const OpTime& a, const OpTime& b) {
    return a.milliseconds > b.milliseconds;
  });
  return times;
}

}  // namespace

StepProbe::StepProbe(Module& model, const DatasetSplits& data,
                     const Standardization& standardization, const PlannedStep& step)
    : ranges_(parameter_ranges(model)),
      parameters_(parameter_tensors(model)),
      before_(clones(parameters_)) {
  const Objective objective = objective_of(model, step);
  const Objective::Value here = objective();
  probe_.step = step.number;
  probe_.lr = step.lr;
  probe_.landscape = measure_landscape(objective, here, step.lr);
  probe_.covariate_shift = measure_covariate_shift(objective, here, ranges_, step.lr);
  for (const ParameterRange& range : ranges_) {
    probe_.updates.push_back({.layer = range.layer,
                              .gradient_norm = norm(range.of(here.gradient)),
                              .weight_norm = norm(range.of(before_))});
  }
  const HeldOut images(data.test, standardization);
  probe_.activity = measure_activity(model, images);
  StatisticsReport statistics = compare_statistics(model, data.train, standardization, images);
  probe_.statistics_gap = std::move(statistics.gaps);
  probe_.accuracy = statistics.accuracy;
  profile_.emplace();
}

Probe StepProbe::finish() {
  profile_->mark("optimizer");
  probe_.time = times_of(*profile_);
  profile_.reset();
  for (std::size_t i = 0; i < ranges_.size(); ++i) {
    LayerUpdate& update = probe_.updates[i];
    update.update_ratio =
        distance(ranges_[i].of(parameters_), ranges_[i].of(before_)) / update.weight_norm;
  }
  return std::move(probe_);
}

}  // namespace keel
