#include "apps/reproduce/experiment.h"

namespace keel {
namespace {

double at_depth(const SeedRuns& runs, const char* variant, const char* depth) {
  return runs.accuracy({{"variant", variant}, {"depth", depth}});
}

}  // namespace

// The paper shows curves. Half as much again as chance is what we take for not training, chance
// above a plain net, 10 points, for training, and a loss of no more than that for "hardly falls".
Experiment zhang2019_fixup() {
  const auto above_plain = [](const char* variant, const char* depth) {
    return [variant, depth](const SeedRuns& runs) {
      return at_depth(runs, variant, depth) - at_depth(runs, "none", depth);
    };
  };
  return {
      .name = "zhang2019-fixup",
      .paper =
          "Hongyi Zhang, Yann N. Dauphin and Tengyu Ma, Fixup Initialization: Residual "
          "Learning Without Normalization, ICLR 2019",
      .claim =
          "Deep residual nets train without a norm, at the learning rate that batch norm is "
          "trained with, when the initial weights of their branches are scaled down.",
      .figures =
          "CIFAR-10 accuracy after the first epoch at learning rate 0.1, by depth: Fixup "
          "stays near batch norm to more than a hundred layers, where a plain net does not "
          "train.",
      .protocol =
          "ResNet-20, -56 and -110, one epoch of CIFAR-10 without augmentation, SGD with "
          "momentum 0.9 and a constant learning rate of 0.1, batches of 128; no norm, "
          "batch norm, batch norm with the last gamma of each branch at 0, Fixup, and "
          "SkipInit (De and Smith, NeurIPS 2020).",
      .quick = "12,800 images (100 steps); depths 20 and 56; no norm, Fixup and SkipInit.",
      .data = "cifar10",
      .thresholds = {{"depth 56: accuracy without a norm", Bound::kAtMost, 0.15, Unit::kPercent,
                      [](const SeedRuns& runs) { return at_depth(runs, "none", "56"); }},
                     {"depth 56: accuracy of Fixup minus that without a norm", Bound::kAtLeast, 0.1,
                      Unit::kPoints, above_plain("fixup", "56")},
                     {"depth 56: accuracy of SkipInit minus that without a norm", Bound::kAtLeast,
                      0.1, Unit::kPoints, above_plain("skipinit", "56")},
                     {"depth 110: accuracy of Fixup minus that without a norm", Bound::kAtLeast,
                      0.1, Unit::kPoints, above_plain("fixup", "110"), false},
                     {"depth 110: accuracy of SkipInit minus that without a norm", Bound::kAtLeast,
                      0.1, Unit::kPoints, above_plain("skipinit", "110"), false},
                     {"Fixup: accuracy at depth 110 minus that at depth 20", Bound::kAtLeast, -0.1,
                      Unit::kPoints,
                      [](const SeedRuns& runs) {
                        return at_depth(runs, "fixup", "110") - at_depth(runs, "fixup", "20");
                      },
                      false}},
      .plan =
          [](const Scale& scale) {
            CompareCommand command{.base = small_vgg()};
            TrainConfig& run = command.base;
            run.model = "resnet";
            run.layers.clear();
            run.lr = 0.1;
            train_on(run, scale, scale.quick() ? 12'800 : 50'000, 1);
            using Values = std::vector<std::string>;
            command.axes = {make_axis(
                "depth", "depth", scale.quick() ? Values{"20", "56"} : Values{"20", "56", "110"})};
            command.variants = {{"none", {{"norm", "none"}}},
                                {"fixup", {{"norm", "fixup"}}},
                                {"skipinit", {{"norm", "skipinit"}}}};
            if (!scale.quick()) {
              command.variants.push_back({"batch", {{"norm", "batch"}}});
              command.variants.push_back(
                  {"zero-gamma", {{"norm", "batch"}, {"zero-init-residual", "true"}}});
            }
            return command;
          },
  };
}

}  // namespace keel
