#include "apps/reproduce/experiment.h"

namespace keel {
namespace {

// How far a normalisation at batches of 2 lies below its best batch size.
double fall(const SeedRuns& runs, const char* norm) {
  return runs.best_accuracy({{"norm", norm}}) -
         runs.accuracy({{"norm", norm}, {"batch-size", "2"}});
}

}  // namespace

Experiment wu2018_batch_size() {
  return {
      .name = "wu2018-batch-size",
      .paper = "Yuxin Wu and Kaiming He, Group Normalization, ECCV 2018",
      .claim =
          "Batch norm gets worse as batches get smaller, group norm does not, and at small "
          "batches group norm is the better one.",
      .figures =
          "ResNet-50 on ImageNet, error at 32, 16, 8, 4 and 2 images per device: batch norm "
          "23.6, 23.7, 24.8, 27.3, 34.7 %, group norm 24.1, 24.2, 24.0, 24.2, 24.1 %.",
      .protocol =
          "3x3 convolutions 16-M-32-M-64-64 with global average pooling, He "
          "initialisation, 20,000 images of CIFAR-10 three times without augmentation, SGD "
          "with momentum 0.9, weight decay 0.0005, cosine schedule from a learning rate of "
          "0.1 B / 128 at batches of B = 128, 32, 8, 4 and 2; batch norm, the same with "
          "statistics averaged anew before evaluation, and group norm (groups of 8 "
          "channels). That both are equal at large batches is not expected so early.",
      .quick = "10,000 images twice; batches of 128, 8 and 2; batch and group norm.",
      .data = "cifar10",
      .thresholds = {{"batch norm: best accuracy minus that at batches of 2", Bound::kAtLeast, 0.08,
                      Unit::kPoints, [](const SeedRuns& runs) { return fall(runs, "batch"); }},
                     {"group norm: best accuracy minus that at batches of 2", Bound::kAtMost, 0.01,
                      Unit::kPoints, [](const SeedRuns& runs) { return fall(runs, "group"); }},
                     {"accuracy at batches of 2, group minus batch", Bound::kAtLeast, 0,
                      Unit::kPoints,
                      [](const SeedRuns& runs) {
                        return runs.accuracy({{"norm", "group"}, {"batch-size", "2"}}) -
                               runs.accuracy({{"norm", "batch"}, {"batch-size", "2"}});
                      }}},
      .plan =
          [](const Scale& scale) {
            CompareCommand command{.base = small_vgg(), .lr_rule = "linear"};
            TrainConfig& run = command.base;
            run.layers = "16-M-32-M-64-64";
            run.lr = 0.1;
            run.weight_decay = 5e-4;
            run.schedule = "cosine";
            train_on(run, scale, scale.quick() ? 10'000 : 20'000, scale.quick() ? 2 : 3);
            using Values = std::vector<std::string>;
            command.axes = {make_axis("norm", "norm",
                                      scale.quick() ? Values{"batch", "group"}
                                                    : Values{"batch", "batch:precise", "group"}),
                            make_axis("batch-size", "batch-size",
                                      scale.quick() ? Values{"128", "8", "2"}
                                                    : Values{"128", "32", "8", "4", "2"})};
            return command;
          },
  };
}

}  // namespace keel
