#include "apps/reproduce/experiment.h"

namespace keel {
namespace {

double gain(const SeedRuns& runs, const char* batch_size) {
  return runs.accuracy({{"norm", "group+ws"}, {"batch-size", batch_size}}) -
         runs.accuracy({{"norm", "group"}, {"batch-size", batch_size}});
}

}  // namespace

Experiment qiao2019_weight_standardization() {
  return {
      .name = "qiao2019-weight-standardization",
      .paper =
          "Siyuan Qiao, Huiyu Wang, Chenxi Liu, Wei Shen and Alan Yuille, Micro-Batch "
          "Training with Batch-Channel Normalization and Weight Standardization, "
          "arXiv:1903.10520, 2019",
      .claim =
          "Standardising the weights of each filter makes group norm train better, at any "
          "batch size.",
      .figures =
          "On ImageNet and COCO, group norm with weight standardisation and one image per "
          "device reaches or passes batch norm with large batches.",
      .protocol =
          "3x3 convolutions 16-16-M-32-32-M-64-64-M-64-64 with global average pooling, He "
          "initialisation, SGD with momentum 0.9 and a constant learning rate of 0.1 "
          "B / 128 at batches of B = 128 and 2, one epoch of CIFAR-10 without "
          "augmentation; group norm (groups of 8 channels) with and without weight "
          "standardisation.",
      .quick = "Batches of 128 alone.",
      .data = "cifar10",
      .thresholds = {{"gain in accuracy at batches of 128", Bound::kAtLeast, 0.05, Unit::kPoints,
                      [](const SeedRuns& runs) { return gain(runs, "128"); }},
                     {"gain in accuracy at batches of 2", Bound::kAtLeast, 0.05, Unit::kPoints,
                      [](const SeedRuns& runs) { return gain(runs, "2"); }, false}},
      .plan =
          [](const Scale& scale) {
            CompareCommand command{.base = small_vgg(), .lr_rule = "linear"};
            command.base.lr = 0.1;
            train_on(command.base, scale, 50'000, 1);
            using Values = std::vector<std::string>;
            command.axes = {make_axis("norm", "norm", {"group", "group+ws"}),
                            make_axis("batch-size", "batch-size",
                                      scale.quick() ? Values{"128"} : Values{"128", "2"})};
            return command;
          },
  };
}

}  // namespace keel
