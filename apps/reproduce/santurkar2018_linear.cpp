#include <cmath>

#include "apps/reproduce/experiment.h"
#include "apps/results/probe_values.h"

namespace keel {
namespace {

double train_loss(const Run& run) {
  if (run.status == RunStatus::kDiverged) return INFINITY;
  return run.status == RunStatus::kCompleted ? run.epochs.back().train_loss : kNotMeasured;
}

constexpr double kSmoother = 1.5;

// The run with the learning rate that trains this normalisation best.
const Run* best_run(const SeedRuns& runs, const char* norm) {
  const Settings wanted{{"norm", norm}};
  const double least = runs.smallest(wanted, train_loss);
  for (const Run* run : runs.with(wanted)) {
    if (train_loss(*run) == least && std::isfinite(least)) return run;
  }
  return nullptr;
}

double at_best_rate(const SeedRuns& runs, const char* norm, double (*value)(const Run&)) {
  const Run* run = best_run(runs, norm);
  return run != nullptr ? value(*run) : kNotMeasured;
}

double none_over_batch(const SeedRuns& runs, ProbeValue value) {
  return ratio_of_largest(best_run(runs, "none"), best_run(runs, "batch"), value, kSmoother);
}

double mean_cosine(const Run& run) {
  return mean_over_probes(run, covariate_cosine);
}

}  // namespace

// The paper shows curves. What is no more than a difference of a tenth in the loss, or of half in
// the smoothness (half of what the convolutional net has to show), would not be seen in them;
// "similar or worse" allows the cosine of batch norm to be larger by 0.05.
Experiment santurkar2018_linear() {
  return {
      .name = "santurkar2018-linear",
      .paper =
          "Shibani Santurkar, Dimitris Tsipras, Andrew Ilyas and Aleksander Madry, How Does "
          "Batch Normalization Help Optimization?, NeurIPS 2018, appendix",
      .claim =
          "All of it holds for a deep linear net and full-batch gradient descent, too: batch "
          "norm trains it better and makes its loss smoother along the gradient, and the "
          "covariate shift of its gradients is not lower.",
      .figures =
          "A net of 25 linear layers: loss along the gradient, its predictiveness and "
          "effective smoothness, and the cosine between gradients before and after the "
          "layers below were updated, which with batch norm is similar or lower.",
      .protocol =
          "25 hidden linear layers of 100 units with Xavier's initialisation on 5,000 "
          "images of MNIST (the paper's data are synthetic), gradient descent on all of "
          "them at once for 300 steps at learning rates 0.01, 0.03 and 0.1; none and batch "
          "norm, each at the rate with its own lowest training loss. Probed every 20 "
          "steps.",
      .quick = "1,000 images, 100 steps.",
      .data = "mnist",
      .thresholds =
          {{"final training loss, none over batch", Bound::kAtLeast, 1.1, Unit::kFactor,
            [](const SeedRuns& runs) {
              return at_best_rate(runs, "none", train_loss) /
                     at_best_rate(runs, "batch", train_loss);
            }},
           {"largest change of the gradient over its size, none over batch", Bound::kAtLeast,
            kSmoother, Unit::kFactor,
            [](const SeedRuns& runs) { return none_over_batch(runs, relative_gradient_change); }},
           {"largest effective beta smoothness, none over batch", Bound::kAtLeast, kSmoother,
            Unit::kFactor,
            [](const SeedRuns& runs) { return none_over_batch(runs, beta_smoothness); }},
           {"cosine between gradients before and after the update below, batch minus none",
            Bound::kAtMost, 0.05, Unit::kNumber,
            [](const SeedRuns& runs) {
              return at_best_rate(runs, "batch", mean_cosine) -
                     at_best_rate(runs, "none", mean_cosine);
            }}},
      .plan =
          [](const Scale& scale) {
            CompareCommand command;
            TrainConfig& run = command.base;
            run.model = "mlp";
            run.depth = 25;
            run.activation = "none";
            run.momentum = 0;
            run.schedule = "constant";
            run.limit_test = 1000;
            run.diagnostics = true;
            run.probe_every = 20;
            const std::int64_t images = scale.quick() ? 1000 : 5000;
            run.batch_size = images;
            train_on(run, scale, images, scale.quick() ? 100 : 300);
            command.axes = {make_axis("norm", "norm", {"none", "batch"}),
                            make_axis("lr", "lr", {"0.01", "0.03", "0.1"})};
            return command;
          },
  };
}

}  // namespace keel
