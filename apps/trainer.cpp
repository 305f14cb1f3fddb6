#include "apps/trainer.h"

#include <chrono>
#include <cmath>

#include <keel/core/autograd.h>
#include <keel/core/error.h>
#include <keel/core/nearest.h>
#include <keel/core/ops/loss.h>
#include <keel/optim/adam.h>
#include <keel/optim/clip.h>
#include <keel/optim/sgd.h>

#include "apps/evaluate.h"
#include "apps/interrupt.h"

namespace keel {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Streams of the run's seed, apart from the loader's and the initial weights'.
constexpr std::uint64_t kForwardStream = 0x666F7277;

LoaderOptions loader_options(const TrainConfig& config, const Dataset& train) {
  check(config.augment == "none" || config.augment == "standard",
        "--augment {}: expected none or standard", config.augment);
  return {.batch_size = config.batch_size,
          .shuffle = config.shuffle,
          .drop_last = config.drop_last,
          .augment = config.augment == "standard" ? standard_augmentation(train) : AugmentOptions{},
          .seed = config.seed,
          .workers = config.workers};
}

// Without flags of their own: step falls to a tenth after each third of the run, multi-step after a half
// and three quarters of it (He et al. 2016).
ScheduleOptions schedule_options(const TrainConfig& config, std::int64_t batches_per_epoch) {
  check(batches_per_epoch > 0, "the training images do not fill one batch of {} (--drop-last)",
        config.batch_size);
  const std::int64_t total = config.epochs * batches_per_epoch;
  return {
      .kind = schedule_kind(config.schedule),
      .lr = config.lr,
      .total_steps = total,
      .warmup_steps = std::llround(config.warmup_epochs * static_cast<double>(batches_per_epoch)),
      .step_size = std::max<std::int64_t>(1, (total + 2) / 3),
      .milestones = {std::max<std::int64_t>(1, total / 2),
                     std::max<std::int64_t>(2, total * 3 / 4)}};
}

// Two groups: what is decayed, and normalisation parameters and biases, which are not unless asked for.
std::vector<ParameterGroup> parameter_groups(const TrainConfig& config, Module& model) {
  ParameterGroup decayed{.parameters = {}, .weight_decay = config.weight_decay};
  ParameterGroup others{.parameters = {},
                        .weight_decay = config.decay_norm ? config.weight_decay : 0};
  for (const StateEntry& entry : parameters_of(model)) {
    const bool weight = entry.kind == StateKind::kWeight || entry.kind == StateKind::kConvWeight;
    (weight ? decayed : others).parameters.push_back({entry.path, entry.tensor});
  }
  std::vector<ParameterGroup> groups{std::move(decayed)};
  if (!others.parameters.empty()) groups.push_back(std::move(others));
  return groups;
}

std::unique_ptr<Optimizer> make_optimizer(const TrainConfig& config, Module& model) {
  std::vector<ParameterGroup> groups = parameter_groups(config, model);
  if (config.optim == "sgd") {
    return std::make_unique<Sgd>(
        std::move(groups), SgdOptions{.momentum = config.momentum, .nesterov = config.nesterov});
  }
  if (config.optim == "adam" || config.optim == "adamw") {
    return std::make_unique<Adam>(std::move(groups),
                                  AdamOptions{.decoupled = config.optim == "adamw"});
  }
  throw Error(unknown_name("optimiser", config.optim, {"sgd", "adam", "adamw"}));
}

// Remembers the first output that is not finite.
class FirstNonFinite : public ForwardObserver {
 public:
  void observe(const std::string& path, Module& module, const Tensor&, const Tensor& y) override {
    if (!found_.empty()) return;
    for (const float v : y.values<float>()) {
      if (std::isfinite(v)) continue;
      found_ = fmt::format("{} ({})", path, module.describe());
      return;
    }
  }
  const std::string& found() const { return found_; }

 private:
  std::string found_;
};

}  // namespace

Diverged::Diverged(std::int64_t step, std::string layer)
    : Error(fmt::format(
                "training diverged at step {}: the first output that is not finite is that of "
                "{}. Try a lower --lr, --warmup-epochs, --clip-norm or another --norm",
                step, layer),
            ErrorKind::kDiverged),
      step_(step),
      layer_(std::move(layer)) {}

std::string_view outcome_name(TrainOutcome outcome) {
  switch (outcome) {
    case TrainOutcome::kTargetReached:
      return "target reached";
    case TrainOutcome::kOutOfPatience:
      return "out of patience";
    case TrainOutcome::kInterrupted:
      return "interrupted";
    case TrainOutcome::kCompleted:
      break;
  }
  return "completed";
}

Trainer::Trainer(const TrainConfig& config, const DatasetSplits& data)
    : config_(config),
      data_(data),
      spec_(model_spec(config, data.train)),
      model_(build_model(spec_, config.seed)),
      loader_(std::make_unique<Loader>(data.train, spec_.standardization,
                                       loader_options(config, data.train))),
      optimizer_(make_optimizer(config, *model_)),
      schedule_(schedule_options(config, loader_->batches_per_epoch())) {}

void Trainer::restore(const Checkpoint& checkpoint) {
  progress_ = checkpoint.restore(*model_, *optimizer_);
}

void Trainer::save_checkpoint(const std::filesystem::path& path) const {
  keel::save_checkpoint(path, spec_, *model_, *optimizer_, progress_);
}

void Trainer::save_model(const std::filesystem::path& path) const {
  keel::save_model(path, spec_, *model_);
}

Mode Trainer::training_mode() const {
  const auto step = static_cast<std::uint64_t>(progress_.step);
  return {.training = true, .rng = Rng(config_.seed, kForwardStream).fork(step)};
}

Trainer::Step Trainer::train_on(const Batch& batch) {
  optimizer_->zero_grad();
  const Tensor logits = model_->forward(batch.images, training_mode());
  const Tensor loss = cross_entropy(logits, batch.labels, config_.label_smoothing);
  const double value = loss.item();
  if (!std::isfinite(value)) report_divergence(batch);
  backward(loss);
  if (config_.clip_norm > 0) clip_grad_norm(optimizer_->groups(), config_.clip_norm);
  if (config_.clip_value > 0) clip_grad_value(optimizer_->groups(), config_.clip_value);
  const double lr = schedule_.at(progress_.step);
  optimizer_->step(lr);

  const auto count = static_cast<std::int64_t>(batch.labels.size());
  const std::int64_t correct = count_correct(logits, batch.labels);
  progress_.loss_sum += value * static_cast<double>(count);
  progress_.correct += correct;
  progress_.seen += count;
  ++progress_.step;
  ++progress_.batch;
  return {value, static_cast<double>(correct) / static_cast<double>(count), lr};
}

void Trainer::report_divergence(const Batch& batch) {
  const NoGradGuard no_grad;
  FirstNonFinite observer;
  Mode mode = training_mode();
  mode.observer = &observer;
  model_->forward(batch.images, mode);
  const std::string where = observer.found().empty() ? "the loss" : observer.found();
  throw Diverged(progress_.step + 1, where);
}

EpochResult Trainer::finish_epoch(double seconds, double images_per_second) {
  const double seen = static_cast<double>(progress_.seen);
  EpochResult result{.epoch = progress_.epoch + 1,
                     .step = progress_.step,
                     .train_loss = progress_.loss_sum / seen,
                     .train_accuracy = static_cast<double>(progress_.correct) / seen,
                     .lr = schedule_.at(progress_.step - 1),
                     .seconds = seconds,
                     .images_per_second = images_per_second};
  const Evaluation test = evaluate(*model_, data_.test, spec_.standardization);
  result.test_loss = test.loss;
  result.test_accuracy = test.accuracy();

  progress_.epoch += 1;
  progress_.batch = 0;
  progress_.loss_sum = 0;
  progress_.correct = progress_.seen = 0;
  return result;
}

TrainOutcome Trainer::run(TrainObserver& observer, double seconds) {
  while (progress_.epoch < config_.epochs && !progress_.finished) {
    const auto start = Clock::now();
    const std::int64_t seen_before = progress_.seen;
    loader_->start_epoch(progress_.epoch, progress_.batch);
    Batch batch;
    while (loader_->next(batch)) {
      const Step step = train_on(batch);
      const double images = static_cast<double>(progress_.seen - seen_before);
      observer.on_step({progress_, loader_->batches_per_epoch(), step.loss, step.accuracy, step.lr,
                        images / seconds_since(start)});
      const bool epoch_ends = progress_.batch == loader_->batches_per_epoch();
      if (interrupted() && !epoch_ends) {
        observer.on_checkpoint();
        return TrainOutcome::kInterrupted;
      }
      if (config_.save_every > 0 && progress_.step % config_.save_every == 0 && !epoch_ends) {
        observer.on_checkpoint();
      }
    }
    const double epoch_seconds = seconds_since(start);
    seconds += epoch_seconds;
    const double images = static_cast<double>(progress_.seen - seen_before);
    const EpochResult result = finish_epoch(seconds, images / epoch_seconds);
    const bool best = result.test_accuracy > progress_.best_accuracy;
    if (best) {
      progress_.best_accuracy = result.test_accuracy;
      progress_.best_epoch = progress_.epoch;
    }
    const bool reached =
        config_.target_accuracy > 0 && result.test_accuracy >= config_.target_accuracy;
    const bool impatient =
        config_.patience > 0 && progress_.epoch - progress_.best_epoch >= config_.patience;
    progress_.finished = reached || impatient || progress_.epoch == config_.epochs;
    observer.on_epoch({result, loader_->wait_seconds(), best});
    observer.on_checkpoint();
    if (reached) return TrainOutcome::kTargetReached;
    if (impatient) return TrainOutcome::kOutOfPatience;
    if (interrupted() && !progress_.finished) return TrainOutcome::kInterrupted;
  }
  return TrainOutcome::kCompleted;
}

}  // namespace keel
