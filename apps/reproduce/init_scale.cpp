#include "apps/reproduce/experiment.h"

namespace keel {
namespace {

double has_diverged(const Run& run) {
  if (run.status == RunStatus::kDiverged) return 1;
  return run.status == RunStatus::kCompleted ? 0 : kNotMeasured;
}

}  // namespace

Experiment init_scale() {
  return {
      .name = "init-scale",
      .paper =
          "Sergey Ioffe and Christian Szegedy, Batch Normalization: Accelerating Deep Network "
          "Training by Reducing Internal Covariate Shift, ICML 2015, section 3.3",
      .claim =
          "With batch norm the scale of the weights does not change what a layer computes, "
          "BN((a W) u) = BN(W u), so training hardly depends on the scale of the initial "
          "weights; without a norm it does.",
      .figures = "An argument, without an experiment of its own.",
      .protocol =
          "3x3 convolutions 16-16-M-32-32-M-64-64-M-64-64 with global average pooling, He "
          "initialisation times 0.1, 0.3, 1, 3 and 10, SGD with momentum 0.9 and a "
          "constant learning rate of 0.03, batches of 128, one epoch (391 steps) of "
          "CIFAR-10 without augmentation; none, batch and group norm.",
      .quick = "Scales 0.1, 1 and 10; none and batch.",
      .data = "cifar10",
      .thresholds = {{"batch norm: lowest accuracy at any scale", Bound::kAtLeast, 0.35,
                      Unit::kPercent,
                      [](const SeedRuns& runs) {
                        return runs.worst_accuracy({{"norm", "batch"}});
                      }},
                     // 10 % is chance.
                     {"none: accuracy at scale 0.1", Bound::kAtMost, 0.15, Unit::kPercent,
                      [](const SeedRuns& runs) {
                        return runs.accuracy({{"norm", "none"}, {"init-scale", "0.1"}});
                      }},
                     {"none: runs that diverge at scale 10", Bound::kAtLeast, 1, Unit::kPercent,
                      [](const SeedRuns& runs) {
                        return runs.of({{"norm", "none"}, {"init-scale", "10"}}, has_diverged);
                      }}},
      .plan =
          [](const Scale& scale) {
            CompareCommand command{.base = small_vgg()};
            command.base.lr = 0.03;
            train_on(command.base, scale, 50'000, 1);
            using Values = std::vector<std::string>;
            command.axes = {make_axis("norm", "norm",
                                      scale.quick() ? Values{"none", "batch"}
                                                    : Values{"none", "batch", "group"}),
                            make_axis("init-scale", "init-scale",
                                      scale.quick() ? Values{"0.1", "1", "10"}
                                                    : Values{"0.1", "0.3", "1", "3", "10"})};
            return command;
          },
  };
}

}  // namespace keel
