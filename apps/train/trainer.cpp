#include "apps/train/trainer.h"

#include <chrono>
#include <cmath>

#include <keel/core/autograd.h>
#include <keel/core/error.h>
#include <keel/core/nearest.h>
#include <keel/core/ops/loss.h>
#include <keel/layers/norm.h>
#include <keel/optim/adam.h>
#include <keel/optim/clip.h>
#include <keel/optim/sgd.h>

#include "apps/diagnostics/diagnostics.h"
#include "apps/evaluation/divergence.h"
#include "apps/evaluation/recalibrate.h"
#include "apps/interrupt.h"
#include "apps/train/norm_setting.h"

namespace keel {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Streams of the run's seed, apart from the loader's and the initial weights'.
constexpr std::uint64_t kForwardStream = 0x666F7277;

AugmentOptions augment_options(const TrainConfig& config, const Dataset& train) {
  check(config.augment == "none" || config.augment == "standard",
        "--augment {}: expected none or standard", config.augment);
  AugmentOptions options =
      config.augment == "standard" ? standard_augmentation(train) : AugmentOptions{};
  options.pad_mode = pad_mode(config.pad_mode);
  return options;
}

LoaderOptions loader_options(const TrainConfig& config, const Dataset& train) {
  return {.batch_size = config.batch_size,
          .shuffle = config.shuffle,
          .drop_last = config.drop_last,
          .augment = augment_options(config, train),
          .seed = config.seed,
          .workers = config.workers};
}

// Without flags of their own: step falls to a tenth after each third of the run, multi-step after a
// half and three quarters of it (He et al. 2016).
ScheduleOptions schedule_options(const TrainConfig& config, std::int64_t batches_per_epoch) {
  check(batches_per_epoch > 0, "the training images do not fill one batch of {} (--drop-last)",
        config.batch_size);
  const std::int64_t total = config.epochs * batches_per_epoch;
  const std::int64_t warmup =
      std::llround(config.warmup_epochs * static_cast<double>(batches_per_epoch));
  check(warmup < total, "--warmup-epochs {}: expected less than --epochs, which is {}",
        config.warmup_epochs, config.epochs);
  return {.kind = schedule_kind(config.schedule),
          .lr = config.lr,
          .total_steps = total,
          .warmup_steps = warmup,
          .step_size = std::max<std::int64_t>(1, (total + 2) / 3),
          .milestones = {std::max<std::int64_t>(1, total / 2),
                         std::max<std::int64_t>(2, total * 3 / 4)},
          .pct_start = config.pct_start};
}

bool belongs_to_norm(StateKind kind) {
  return kind == StateKind::kNormWeight || kind == StateKind::kNormBias ||
         kind == StateKind::kNormExtra;
}

// Weights, which decay; biases; and what normalisations learn: the last two decay on demand.
std::vector<ParameterGroup> parameter_groups(const TrainConfig& config, Module& model) {
  const double decay_of_others = config.decay_norm ? config.weight_decay : 0;
  const double norm_scale = norm_table().at(norm_spec(config).norm.name).lr_scale;
  ParameterGroup weights{.parameters = {}, .weight_decay = config.weight_decay},
      biases{.parameters = {}, .weight_decay = decay_of_others},
      of_norms{.parameters = {}, .lr_scale = norm_scale, .weight_decay = decay_of_others};
  for (const StateEntry& entry : parameters_of(model)) {
    ParameterGroup& group = belongs_to_norm(entry.kind)      ? of_norms
                            : entry.kind == StateKind::kBias ? biases
                                                             : weights;
    group.parameters.push_back({entry.path, entry.tensor});
  }
  std::vector<ParameterGroup> groups;
  for (ParameterGroup* group : {&weights, &biases, &of_norms}) {
    if (!group->parameters.empty()) groups.push_back(std::move(*group));
  }
  return groups;
}

std::unique_ptr<Optimizer> make_optimizer(const TrainConfig& config, Module& model) {
  std::vector<ParameterGroup> groups = parameter_groups(config, model);
  if (config.optim == "sgd") {
    check(!config.nesterov || config.momentum > 0,
          "--nesterov looks ahead along the momentum: expected --momentum above 0");
    return std::make_unique<Sgd>(
        std::move(groups), SgdOptions{.momentum = config.momentum, .nesterov = config.nesterov});
  }
  if (config.optim == "adam" || config.optim == "adamw") {
    return std::make_unique<Adam>(std::move(groups),
                                  AdamOptions{.decoupled = config.optim == "adamw"});
  }
  throw Error(unknown_name("optimiser", config.optim, {"sgd", "adam", "adamw"}));
}

bool has_precise_statistics(const NormSpec& norm) {
  const auto statistics = norm.norm.options.find("statistics");
  return statistics != norm.norm.options.end() && statistics->second == "precise";
}

// What adaptive clipping acts on.
std::vector<ParameterGroup> all_but_last_layer(Module& model) {
  ParameterGroup group;
  const std::vector<StateEntry> parameters = parameters_of(model);
  const auto layer = [](const std::string& path) { return path.substr(0, path.rfind('.')); };
  const std::string last = layer(parameters.back().path);
  for (const StateEntry& entry : parameters) {
    if (layer(entry.path) != last) group.parameters.push_back({entry.path, entry.tensor});
  }
  return {std::move(group)};
}

// Of ghost batch norm; 0: of another one.
std::int64_t sub_batch_size(const NormTerm& norm) {
  if (norm.name != "ghost") return 0;
  return NormArguments(norm, norm_table().at(norm.name).about.options).whole("size");
}

// Some normalisations cannot be trained on a single image. Where an epoch has a batch or sub-batch
// of one, that is found out on a model of its own, and not after all the batches before it.
void check_batches_of_one(const TrainConfig& config, const ModelSpec& spec, std::int64_t images) {
  const std::int64_t sub_batch = sub_batch_size(spec.options.norm.norm);
  const auto makes_one = [sub_batch](std::int64_t size) {
    return size == 1 || sub_batch == 1 || (sub_batch > 1 && size % sub_batch == 1);
  };
  std::vector<std::int64_t> sizes{std::min(config.batch_size, images)};
  if (!config.drop_last && images > config.batch_size) sizes.push_back(images % config.batch_size);
  const ImageShape& input = spec.options.input;
  for (const std::int64_t size : sizes) {
    if (size == 0 || !makes_one(size)) continue;
    try {
      build_model(spec, config.seed)
          ->forward(Tensor::zeros({size, input.height, input.width, input.channels}),
                    {.training = true});
    } catch (const Error& error) {
      throw Error(
          fmt::format("--batch-size {}: of {} images it makes a {}batch of a single one\n{}",
                      config.batch_size, images, size == 1 ? "" : "sub-", error.what()));
    }
  }
}

}  // namespace

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
      clipped_filters_(config.clip_agc > 0 ? all_but_last_layer(*model_)
                                           : std::vector<ParameterGroup>()),
      schedule_(schedule_options(config, loader_->batches_per_epoch())) {
  check_batches_of_one(config_, spec_, data_.train.size());
}

void Trainer::restore(const Checkpoint& checkpoint) {
  const std::string file = checkpoint.path().string();
  const std::string different = differences(checkpoint.spec(), spec_);
  check_data(different.empty(), "{}: belongs to another model or to other images than this run: {}",
             file, different);
  const Progress progress = checkpoint.restore(*model_, *optimizer_);
  const std::int64_t batches = batches_per_epoch();
  check_data(progress.epoch >= 0 && progress.epoch <= config_.epochs && progress.batch >= 0 &&
                 progress.batch < batches &&
                 progress.step == progress.epoch * batches + progress.batch &&
                 progress.seen == progress.batch * config_.batch_size,
             "{}: step {} as batch {} of epoch {} does not belong to a run of {} epochs with {} "
             "batches of {}",
             file, progress.step, progress.batch, progress.epoch + 1, config_.epochs, batches,
             config_.batch_size);
  progress_ = progress;
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

bool Trainer::probes_next_step() const {
  const std::int64_t number = progress_.step + 1;
  return config_.diagnostics && (number == 1 || number % config_.probe_every == 0);
}

PlannedStep Trainer::planned_step(const Batch& batch) const {
  return {.number = progress_.step + 1,
          .batch = batch,
          .mode = training_mode(),
          .lr = schedule_.at(progress_.step),
          .label_smoothing = config_.label_smoothing};
}

Trainer::Step Trainer::train_on(const Batch& batch) {
  optimizer_->zero_grad();
  const Tensor logits = model_->forward(batch.images, training_mode());
  const Tensor loss = cross_entropy(logits, batch.labels, config_.label_smoothing);
  const double value = loss.item();
  if (!std::isfinite(value)) {
    report_divergence(
        fmt::format("training diverged at step {} (try a lower --lr, --warmup-epochs, "
                    "--clip-norm or another --norm)",
                    progress_.step + 1),
        *model_, batch.images, training_mode());
  }
  backward(loss);
  if (config_.clip_norm > 0) clip_grad_norm(optimizer_->groups(), config_.clip_norm);
  if (config_.clip_value > 0) clip_grad_value(optimizer_->groups(), config_.clip_value);
  if (config_.clip_agc > 0) clip_grad_adaptive(clipped_filters_, config_.clip_agc);
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

// On the test images. No step depends on the statistics that are made anew for it.
Evaluation Trainer::evaluate_now() {
  if (has_precise_statistics(spec_.options.norm)) {
    constexpr std::int64_t kMostImages = 10000;  // the estimate has converged by then
    recalibrate(
        *model_, data_.train, spec_.standardization,
        {.batch_size = config_.batch_size, .most_images = kMostImages, .seed = config_.seed});
  }
  return evaluate(*model_, data_.test, spec_.standardization);
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
  const Evaluation test = evaluate_now();
  result.test_loss = test.loss;
  result.test_accuracy = test.accuracy();

  progress_.epoch += 1;
  progress_.batch = 0;
  progress_.loss_sum = 0;
  progress_.correct = progress_.seen = 0;
  return result;
}

// Why the run is over, if it is: by its progress alone, so that a resumed run ends the same way.
std::optional<TrainOutcome> Trainer::ending() const {
  if (config_.target_accuracy > 0 && progress_.best_accuracy >= config_.target_accuracy) {
    return TrainOutcome::kTargetReached;
  }
  if (config_.patience > 0 && progress_.epoch - progress_.best_epoch >= config_.patience) {
    return TrainOutcome::kOutOfPatience;
  }
  if (progress_.epoch == config_.epochs) return TrainOutcome::kCompleted;
  return std::nullopt;
}

TrainOutcome Trainer::run(TrainObserver& observer, double seconds) {
  std::optional<TrainOutcome> outcome;
  while (!(outcome = ending())) {
    auto start = Clock::now();
    const auto untimed = [&](const auto& f) {
      const auto paused = Clock::now();
      f();
      start += Clock::now() - paused;
    };
    const std::int64_t seen_before = progress_.seen;
    loader_->start_epoch(progress_.epoch, progress_.batch);
    Batch batch;
    while (loader_->next(batch)) {
      std::optional<StepProbe> probe;
      if (probes_next_step()) {
        untimed([&] { probe.emplace(*model_, data_, spec_.standardization, planned_step(batch)); });
      }
      const Step step = train_on(batch);
      if (probe) untimed([&] { observer.on_probe(probe->finish()); });
      const double images = static_cast<double>(progress_.seen - seen_before);
      observer.on_step({progress_, loader_->batches_per_epoch(), step.loss, step.accuracy, step.lr,
                        images / seconds_since(start)});
      const bool ends_epoch = progress_.batch == loader_->batches_per_epoch();
      if (config_.eval_every > 0 && progress_.step % config_.eval_every == 0 && !ends_epoch) {
        untimed([&] {
          const Evaluation test = evaluate_now();
          observer.on_evaluation({progress_.step, test.loss, test.accuracy()});
        });
      }
      if (ends_epoch) break;  // which evaluates and saves
      if (interrupted()) {
        observer.on_checkpoint(seconds + seconds_since(start));
        return TrainOutcome::kInterrupted;
      }
      if (config_.save_every > 0 && progress_.step % config_.save_every == 0) {
        observer.on_checkpoint(seconds + seconds_since(start));
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
    observer.on_epoch({result, loader_->wait_seconds() / epoch_seconds, best});
    observer.on_checkpoint(seconds);
    if (interrupted() && !ending()) return TrainOutcome::kInterrupted;
  }
  return *outcome;
}

}  // namespace keel
