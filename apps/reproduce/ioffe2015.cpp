#include <cmath>

#include "apps/reproduce/experiment.h"
#include "apps/results/probe_values.h"
#include "apps/results/statistics.h"

namespace keel {
namespace {

constexpr double kTarget = 0.9, kQuarter = 4;

double last_step(const Run& run) {
  return run.epochs.empty() ? kNotMeasured : static_cast<double>(run.epochs.back().step);
}

// Infinite for one that ended without getting there.
double steps_to_target(const Run& run) {
  if (!is_over(run.status)) return kNotMeasured;
  const auto crossing = first_crossing(run, kTarget);
  return crossing ? crossing->step : INFINITY;
}

// The steps that none needs over those of batch. A run that never gets there needs more than it
// has: that is a bound, and tells only what lies beyond it.
double steps_ratio(const SeedRuns& runs) {
  const Settings without{{"norm", "none"}}, with{{"norm", "batch"}};
  const double none = runs.of(without, steps_to_target), batch = runs.of(with, steps_to_target);
  if (std::isinf(none) && std::isinf(batch)) return kNotMeasured;
  if (std::isinf(none)) {
    const double least = runs.of(without, last_step) / batch;
    return least >= kQuarter ? least : kNotMeasured;
  }
  if (std::isinf(batch)) {
    const double most = none / runs.of(with, last_step);
    return most < kQuarter ? most : kNotMeasured;
  }
  return none / batch;
}

// Of the inputs of the last hidden units, which the layer before the last sigmoid yields.
double spread(const Probe& probe) {
  if (probe.activity.size() < 2) return kNotMeasured;
  double sum = 0;
  const auto& units = probe.activity[probe.activity.size() - 2].units;
  for (const UnitPercentiles& unit : units) sum += unit.p85 - unit.p15;
  return sum / static_cast<double>(units.size());
}

double spread_growth(const Run& run) {
  constexpr std::int64_t kFirst = 100;  // by then running statistics are the net's own
  for (const Probe& probe : run.probes) {
    if (probe.step == kFirst) return spread(run.probes.back()) / spread(probe);
  }
  return kNotMeasured;
}

}  // namespace

Experiment ioffe2015_mnist() {
  return {
      .name = "ioffe2015-mnist",
      .paper =
          "Sergey Ioffe and Christian Szegedy, Batch Normalization: Accelerating Deep Network "
          "Training by Reducing Internal Covariate Shift, ICML 2015",
      .claim =
          "A small sigmoid network on MNIST trains faster and to a higher accuracy with batch "
          "norm, and the distribution of what its last hidden units get stays more stable.",
      .figures =
          "Figure 1: test accuracy over 50,000 steps with and without batch norm, and the "
          "15th, 50th and 85th percentile of the input of one unit of the last hidden layer.",
      .protocol =
          "Three hidden layers of 100 sigmoid units, images of 0 and 1 (cut at 0.5), "
          "weights from a normal distribution of deviation 0.1, plain SGD with learning "
          "rate 0.1 on batches of 60 for 50,000 steps (50 epochs). Test accuracy every 100 "
          "steps; percentiles in evaluation on 2,000 test images, of three units. A run that never "
          "gets to 90 % counts with its last step, and only where that decides.",
      .quick = "10,000 steps.",
      .data = "mnist",
      .thresholds =
          {{"steps of none to 90 % accuracy, over those of batch", Bound::kAtLeast, kQuarter,
            Unit::kFactor, steps_ratio},
           {"growth of the spread (85th minus 15th percentile) from step 100 to the end, none over "
            "batch",
            Bound::kAtLeast, 5, Unit::kFactor,
            [](const SeedRuns& runs) {
              return runs.of({{"norm", "none"}}, spread_growth) /
                     runs.of({{"norm", "batch"}}, spread_growth);
            }},
           {"final accuracy of batch minus that of none", Bound::kAtLeast, -0.001, Unit::kPoints,
            [](const SeedRuns& runs) {
              return runs.accuracy({{"norm", "batch"}}) - runs.accuracy({{"norm", "none"}});
            }}},
      .plan =
          [](const Scale& scale) {
            CompareCommand command;
            TrainConfig& run = command.base;
            run.model = "mlp";
            run.binarize = 0.5;
            run.standardize = false;
            run.init_std = 0.1;
            run.batch_size = 60;
            run.lr = 0.1;
            run.momentum = 0;
            run.schedule = "constant";
            run.eval_every = 100;
            run.diagnostics = true;
            run.probe_every = 100;
            run.target_accuracy = kTarget;
            train_on(run, scale, 60'000, scale.quick() ? 10 : 50);
            command.axes = {make_axis("norm", "norm", {"none", "batch"})};
            return command;
          },
  };
}

}  // namespace keel
