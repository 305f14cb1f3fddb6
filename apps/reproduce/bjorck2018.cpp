#include <cmath>

#include "apps/reproduce/experiment.h"

namespace keel {
namespace {

// The largest learning rate that a normalisation reaches within 10 points of its best with.
double largest_good_rate(const SeedRuns& runs, const char* norm) {
  const Settings wanted{{"norm", norm}};
  const double best = runs.best_accuracy(wanted);
  double largest = kNotMeasured;
  for (const Run* run : runs.with(wanted)) {
    if (runs.accuracy_of(*run) >= best - 0.1) {
      largest = std::fmax(largest, std::stod(run->settings.at("lr")));
    }
  }
  return largest;
}

}  // namespace

Experiment bjorck2018_learning_rate() {
  return {
      .name = "bjorck2018-learning-rate",
      .paper =
          "Johan Bjorck, Carla Gomes, Bart Selman and Kilian Q. Weinberger, Understanding "
          "Batch Normalization, NeurIPS 2018",
      .claim =
          "Batch norm helps because it allows larger learning rates: without it large ones "
          "diverge, and at the small rates that both can take the difference is small.",
      .figures =
          "A ResNet-110 on CIFAR-10 without batch norm trains only at learning rates far "
          "below the one that batch norm does best with.",
      .protocol =
          "3x3 convolutions 16-16-M-32-32-M-64-64-M-64-64 with global average pooling, He "
          "initialisation, SGD with momentum 0.9 and a constant learning rate of 0.01 to "
          "3, batches of 128, one epoch (391 steps) of CIFAR-10 without augmentation; "
          "none, batch and group norm (groups of 8 channels).",
      .quick = "Learning rates 0.03, 0.1, 0.3 and 1; none and batch.",
      .data = "cifar10",
      .thresholds = {{"largest learning rate within 10 points of its own best, batch over none",
                      Bound::kAtLeast, 10, Unit::kFactor,
                      [](const SeedRuns& runs) {
                        return largest_good_rate(runs, "batch") / largest_good_rate(runs, "none");
                      }},
                     {"best accuracy of batch minus that of none", Bound::kAtLeast, 0.1,
                      Unit::kPoints,
                      [](const SeedRuns& runs) {
                        return runs.best_accuracy({{"norm", "batch"}}) -
                               runs.best_accuracy({{"norm", "none"}});
                      }}},
      .plan =
          [](const Scale& scale) {
            CompareCommand command{.base = small_vgg()};
            train_on(command.base, scale, 50'000, 1);
            using Values = std::vector<std::string>;
            command.axes = {
                make_axis(
                    "norm", "norm",
                    scale.quick() ? Values{"none", "batch"} : Values{"none", "batch", "group"}),
                make_axis("lr", "lr",
                          scale.quick() ? Values{"0.03", "0.1", "0.3", "1"}
                                        : Values{"0.01", "0.03", "0.1", "0.3", "1", "3"})};
            return command;
          },
  };
}

}  // namespace keel
