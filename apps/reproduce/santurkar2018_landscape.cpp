#include <algorithm>
#include <cmath>

#include "apps/reproduce/experiment.h"
#include "apps/results/probe_values.h"

namespace keel {
namespace {

double of_norm(const SeedRuns& runs, const char* norm, double (*value)(const Run&)) {
  return runs.of({{"norm", norm}}, value);
}

constexpr double kSmoother = 3;

// A quantity's maximum over the run without a norm, over that with batch norm.
template <ProbeValue value>
double none_over_batch(const SeedRuns& runs) {
  return ratio_of_largest(runs.one({{"norm", "none"}}), runs.one({{"norm", "batch"}}), value,
                          kSmoother);
}

// Of single batches, therefore over the last 50 steps.
double final_train_loss(const Run& run) {
  constexpr std::size_t kSteps = 50;
  if (run.status != RunStatus::kCompleted || run.steps.size() < kSteps) return kNotMeasured;
  double sum = 0;
  std::for_each(run.steps.end() - kSteps, run.steps.end(),
                [&sum](const StepResult& step) { sum += step.loss; });
  return sum / kSteps;
}

double first_covariate_shift(const Run& run) {
  return run.probes.empty() ? kNotMeasured : covariate_shift(run.probes.front());
}

}  // namespace

Experiment santurkar2018_landscape() {
  return {
      .name = "santurkar2018-landscape",
      .paper =
          "Shibani Santurkar, Dimitris Tsipras, Andrew Ilyas and Aleksander Madry, How Does "
          "Batch Normalization Help Optimization?, NeurIPS 2018",
      .claim =
          "Batch norm does not reduce internal covariate shift, and helps even where noise "
          "behind it makes the inputs of layers shift more; it makes the loss smoother along "
          "the gradient.",
      .figures =
          "VGG on CIFAR-10: loss, gradient predictiveness and effective smoothness along "
          "the gradient vary far less with batch norm (figure 4); noisy batch norm trains "
          "as well as batch norm (figure 2); the covariate shift of gradients is not lower "
          "(figure 3); normalising by l1, l2 or linf size does as well.",
      .protocol =
          "3x3 convolutions 16-16-M-32-32-M-64-64-M-64-64 with global average pooling, He "
          "initialisation, plain SGD with learning rate 0.1, batches of 128, 300 steps on "
          "CIFAR-10; none, batch, noisy batch, l1, linf and group norm. Probed at the "
          "first step and every 20, at 0.5 to 4 learning rates along the gradient of the "
          "step's own batch. Of each quantity the run's maximum counts; medians, which "
          "differ less, are told beside it.",
      .quick = "150 steps; none, batch and noisy batch norm.",
      .data = "cifar10",
      .thresholds = {{"widest loss band, none over batch", Bound::kAtLeast, kSmoother,
                      Unit::kFactor, none_over_batch<loss_band>},
                     {"largest change of the gradient, none over batch", Bound::kAtLeast, kSmoother,
                      Unit::kFactor, none_over_batch<gradient_change>},
                     {"largest effective beta smoothness, none over batch", Bound::kAtLeast,
                      kSmoother, Unit::kFactor, none_over_batch<beta_smoothness>},
                     {"final training loss, noisy batch norm over batch norm", Bound::kAtMost, 1.1,
                      Unit::kFactor,
                      [](const SeedRuns& runs) {
                        return of_norm(runs, "noisy", final_train_loss) /
                               of_norm(runs, "batch", final_train_loss);
                      }},
                     {"final training loss, noisy batch norm over none", Bound::kAtMost, 1,
                      Unit::kFactor,
                      [](const SeedRuns& runs) {
                        return of_norm(runs, "noisy", final_train_loss) /
                               of_norm(runs, "none", final_train_loss);
                      }},
                     {"internal covariate shift at the first step, batch over none",
                      Bound::kAtLeast, 1, Unit::kFactor,
                      [](const SeedRuns& runs) {
                        return of_norm(runs, "batch", first_covariate_shift) /
                               of_norm(runs, "none", first_covariate_shift);
                      }}},
      .plan =
          [](const Scale& scale) {
            CompareCommand command{.base = small_vgg()};
            TrainConfig& run = command.base;
            run.lr = 0.1;
            run.momentum = 0;
            run.log_every = 1;
            run.diagnostics = true;
            run.probe_every = 20;
            train_on(run, scale, (scale.quick() ? 150 : 300) * run.batch_size, 1);
            using Values = std::vector<std::string>;
            command.axes = {
                make_axis("norm", "norm",
                          scale.quick() ? Values{"none", "batch", "noisy"}
                                        : Values{"none", "batch", "noisy", "l1", "linf", "group"})};
            return command;
          },
  };
}

}  // namespace keel
