#include "apps/reproduce/experiment.h"

namespace keel {
namespace {

// Li et al.'s variance shift of the last norm, where the run stood at its last probe.
double last_variance_shift(const Run& run) {
  if (run.status != RunStatus::kCompleted || run.probes.empty()) return kNotMeasured;
  const auto& gaps = run.probes.back().statistics_gap;
  return gaps.empty() ? kNotMeasured : gaps.back().variance_shift.value_or(kNotMeasured);
}

}  // namespace

Experiment li2019_dropout() {
  return {
      .name = "li2019-dropout",
      .paper =
          "Xiang Li, Shuo Chen, Xiaolin Hu and Jian Yang, Understanding the Disharmony "
          "between Dropout and Batch Normalization by Variance Shift, CVPR 2019",
      .claim =
          "Dropout in front of batch norm makes the variance in evaluation differ from the "
          "one that was accumulated in training, and that costs accuracy.",
      .figures =
          "On CIFAR and ImageNet nets with dropout within their blocks are less accurate "
          "than those without, and adjusting the running statistics wins part of it back.",
      .protocol =
          "3x3 convolutions 16-16-M-32-32-M-64-64 with batch norm and global average "
          "pooling, dropout of 0, 0.2 and 0.5 behind every ReLU, 30,000 images of CIFAR-10 "
          "three times without augmentation, SGD with momentum 0.9, batches of 128, cosine "
          "schedule from 0.1; evaluated with the running statistics, and with statistics "
          "averaged anew without dropout (batch:precise, whose training is the same). "
          "Variance shift: of the last norm, the running variance over that in evaluation "
          "(2,000 test images), or the inverse, whichever is larger, mean over the channels.",
      .quick = "10,000 images three times; dropout of 0 and 0.2.",
      .data = "cifar10",
      .thresholds =
          {{"accuracy without dropout minus that with 0.2", Bound::kAtLeast, 0.08, Unit::kPoints,
            [](const SeedRuns& runs) {
              return runs.accuracy({{"norm", "batch"}, {"dropout", "0"}}) -
                     runs.accuracy({{"norm", "batch"}, {"dropout", "0.2"}});
            }},
           {"dropout of 0.2: accuracy with statistics averaged anew minus that with the running "
            "ones",
            Bound::kAtLeast, 0.08, Unit::kPoints,
            [](const SeedRuns& runs) {
              return runs.accuracy({{"norm", "batch:precise"}, {"dropout", "0.2"}}) -
                     runs.accuracy({{"norm", "batch"}, {"dropout", "0.2"}});
            }},
           {"dropout of 0.2: variance shift of the last norm", Bound::kAtLeast, 1.5, Unit::kFactor,
            [](const SeedRuns& runs) {
              return runs.of({{"norm", "batch"}, {"dropout", "0.2"}}, last_variance_shift);
            }}},
      .plan =
          [](const Scale& scale) {
            CompareCommand command{.base = small_vgg()};
            TrainConfig& run = command.base;
            run.layers = "16-16-M-32-32-M-64-64";
            run.lr = 0.1;
            run.schedule = "cosine";
            run.dropout_place = "all";
            run.diagnostics = true;
            run.probe_every = scale.quick() ? 50 : 100;
            train_on(run, scale, scale.quick() ? 10'000 : 30'000, 3);
            using Values = std::vector<std::string>;
            command.axes = {
                make_axis("norm", "norm", {"batch", "batch:precise"}),
                make_axis("dropout", "dropout",
                          scale.quick() ? Values{"0", "0.2"} : Values{"0", "0.2", "0.5"})};
            return command;
          },
  };
}

}  // namespace keel
