#include "apps/train/trainer.h"

#include <cmath>
#include <csignal>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <keel/core/autograd.h>
#include <keel/core/error.h>
#include <keel/core/file.h>
#include <keel/core/ops/elementwise.h>
#include <keel/core/ops/loss.h>
#include <keel/core/parallel.h>
#include <keel/layers/norm.h>
#include <keel/optim/sgd.h>

#include "apps/evaluation/divergence.h"
#include "apps/interrupt.h"
#include "tests/apps/tiny_training.h"
#include "tests/support/norm_specs.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test.h"
#include "tests/support/thread_count.h"

using keel::TrainConfig;
using keel::Trainer;
using keel::TrainOutcome;
using keel::testing::bit_equal;
using keel::testing::max_difference;
using keel::testing::stateful_configs;
using keel::testing::TempFolder;
using keel::testing::tiny_config;
using keel::testing::tiny_digits;

namespace {

// Keeps what it sees; saves where the trainer says so; may do something after each step.
class Recorder : public keel::TrainObserver {
 public:
  Recorder() = default;
  Recorder(const Trainer& trainer, std::filesystem::path last,
           std::function<void(std::int64_t step)> after_step = {})
      : trainer_(&trainer), last_(std::move(last)), after_step_(std::move(after_step)) {}

  void on_step(const keel::StepReport& report) override {
    losses.push_back(report.loss);
    accuracies.push_back(report.accuracy);
    rates.push_back(report.lr);
    if (after_step_) after_step_(report.progress.step);
  }
  void on_epoch(const keel::EpochReport& report) override {
    epochs.push_back(report.result);
    best.push_back(report.best);
  }
  void on_evaluation(const keel::EvaluationResult& result) override {
    evaluations.push_back(result);
  }
  void on_checkpoint(double) override {
    ++checkpoints;
    if (trainer_ != nullptr) trainer_->save_checkpoint(last_);
  }

  std::vector<double> losses, accuracies, rates;
  std::vector<keel::EpochResult> epochs;
  std::vector<keel::EvaluationResult> evaluations;
  std::vector<bool> best;
  int checkpoints = 0;

 private:
  const Trainer* trainer_ = nullptr;
  std::filesystem::path last_;
  std::function<void(std::int64_t)> after_step_;
};

struct Killed {};

std::string final_checkpoint(const TrainConfig& config) {
  const TempFolder folder;
  const auto last = folder.path() / "last.safetensors";
  Trainer trainer(config, tiny_digits());
  Recorder recorder(trainer, last);
  CHECK(trainer.run(recorder) == TrainOutcome::kCompleted);
  return keel::read_file(last);
}

}  // namespace

TEST_CASE("trainer: training lowers the loss with each kind of normalisation") {
  for (const std::string norm : {"none", "batch", "layer", "group", "instance"}) {
    TrainConfig config = tiny_config();
    config.norm = norm;
    config.epochs = 6;
    Trainer trainer(config, tiny_digits());
    Recorder recorder;
    CHECK(trainer.run(recorder) == TrainOutcome::kCompleted);
    REQUIRE(recorder.epochs.size() == 6);
    INFO(norm);
    CHECK(recorder.epochs.back().train_loss < 0.9 * recorder.epochs.front().train_loss);
    CHECK(recorder.epochs.back().train_accuracy > 0.3);
  }
}

TEST_CASE("trainer: of every norm's model the weights alone decay, the rest with --decay-norm") {
  for (const std::string& norm : keel::testing::norm_specs()) {
    TrainConfig config = tiny_config();
    config.model = "convnet";
    config.norm = norm;
    config.schedule = "constant";
    config.epochs = 1;
    config.batch_size = 70;  // one step
    const auto trained = [&config](double weight_decay, bool decay_norm) {
      config.weight_decay = weight_decay;
      config.decay_norm = decay_norm;
      Trainer trainer(config, tiny_digits());
      Recorder recorder;
      trainer.run(recorder);
      return keel::state_dict(trainer.model());
    };
    const keel::StateDict plain = trained(0, false), decayed = trained(0.5, false),
                          all_decayed = trained(0.5, true);
    const keel::ModulePtr fresh =
        keel::build_model(keel::model_spec(config, tiny_digits().train), config.seed);
    const keel::StateDict initial = keel::state_dict(*fresh);
    for (const keel::StateEntry& entry : keel::parameters_of(*fresh)) {
      CAPTURE(norm, entry.path);
      const bool weight =
          entry.kind == keel::StateKind::kWeight || entry.kind == keel::StateKind::kConvWeight;
      const keel::Tensor decay = initial.at(entry.path) * (0.5 * config.lr);
      const keel::Tensor& without = plain.at(entry.path);
      CHECK(max_difference(all_decayed.at(entry.path), without - decay) < 1e-4);
      CHECK(max_difference(decayed.at(entry.path), weight ? without - decay : without) < 1e-4);
    }
  }
}

TEST_CASE("trainer: what a norm learns may learn at a rate of its own, Fixup's at a tenth") {
  CHECK(keel::norm_table().at("fixup").lr_scale == 0.1);
  keel::NormEntry& slow = keel::norm_table()["slow-batch"] = keel::norm_table().at("batch");
  slow.lr_scale = 0.1;
  TrainConfig config = tiny_config();
  config.schedule = "constant";
  config.epochs = 1;
  config.batch_size = 70;  // one step
  const auto trained = [&config](const char* norm) {
    config.norm = norm;
    Trainer trainer(config, tiny_digits());
    Recorder recorder;
    trainer.run(recorder);
    return keel::state_dict(trainer.model());
  };
  const keel::StateDict batch = trained("batch"), own_rate = trained("slow-batch");
  for (const char* name : {"features.1.weight", "features.5.bias"}) {
    const double initial = std::string(name).ends_with("weight") ? 1 : 0;
    CHECK(max_difference(batch.at(name), keel::Tensor::full(batch.at(name).shape(), initial)) > 0);
    CHECK(max_difference(own_rate.at(name) - initial, (batch.at(name) - initial) * 0.1) < 1e-7);
  }
  for (const char* name : {"features.0.weight", "classifier.1.bias"}) {
    CHECK(bit_equal(own_rate.at(name), batch.at(name)));
  }
  keel::norm_table().erase("slow-batch");
}

TEST_CASE("trainer: each step is forward, backward and update, and reports its own batch") {
  TrainConfig config = tiny_config();
  config.schedule = "constant";
  config.weight_decay = 0.01;
  config.decay_norm = GENERATE(false, true);
  config.epochs = 1;
  Trainer trainer(config, tiny_digits());
  Recorder recorder;
  trainer.run(recorder);

  const keel::ModelSpec spec = keel::model_spec(config, tiny_digits().train);
  const keel::ModulePtr model = keel::build_model(spec, config.seed);
  keel::ParameterGroup weights{.parameters = {}, .weight_decay = 0.01}, others;
  others.weight_decay = config.decay_norm ? 0.01 : 0;
  for (const keel::StateEntry& entry : keel::parameters_of(*model)) {
    (entry.path.ends_with("weight") && entry.kind != keel::StateKind::kNormWeight ? weights
                                                                                  : others)
        .parameters.push_back({entry.path, entry.tensor});
  }
  keel::Sgd sgd({weights, others}, {.momentum = config.momentum});
  keel::Loader loader(tiny_digits().train, spec.standardization,
                      {.batch_size = config.batch_size, .seed = config.seed});
  loader.start_epoch(0);
  keel::Batch batch;
  double loss_sum = 0;
  for (std::size_t step = 0; loader.next(batch); ++step) {
    sgd.zero_grad();
    const keel::Tensor logits = model->forward(batch.images, {.training = true});
    const keel::Tensor loss = keel::cross_entropy(logits, batch.labels);
    const auto count = static_cast<double>(batch.labels.size());
    CHECK(recorder.losses.at(step) == loss.item());
    CHECK(recorder.accuracies.at(step) ==
          static_cast<double>(keel::count_correct(logits, batch.labels)) / count);
    CHECK(recorder.rates.at(step) == config.lr);
    loss_sum += loss.item() * count;
    keel::backward(loss);
    sgd.step(config.lr);
  }
  CHECK(recorder.losses.size() == keel::testing::kTinyBatches);
  CHECK(recorder.epochs.at(0).train_loss == Approx(loss_sum / 70).epsilon(1e-12));
  CHECK(recorder.epochs.at(0).step == 5);
}

TEST_CASE("trainer: the same seed gives the same bits for any number of threads and workers") {
  TrainConfig config = stateful_configs()[0];
  config.workers = 0;
  const keel::testing::ThreadCount restored;
  keel::set_num_threads(1);
  const std::string expected = final_checkpoint(config);
  for (const auto& [threads, workers] : {std::pair(2, 0), {3, 2}, {1, 2}}) {
    keel::set_num_threads(threads);
    config.workers = workers;
    INFO(threads << " threads, " << workers << " workers");
    CHECK((final_checkpoint(config) == expected));
  }
  config.seed = 2;
  CHECK((final_checkpoint(config) != expected));
}

TEST_CASE("trainer: steps after the first ask the system for no memory") {
  TrainConfig config = stateful_configs()[0];
  config.model = "convnet";
  config.epochs = 3;
  config.save_every = 0;
  config.drop_last = true;  // what does not fill a batch would be the first step of its size
  const TempFolder folder;
  const keel::DatasetSplits shapes = keel::make_shapes(1, 7 * config.batch_size, 20);
  const keel::testing::ThreadCount restored;
  for (const int threads : {1, 2, 3}) {
    keel::set_num_threads(threads);
    keel::release_cached_memory();
    Trainer trainer(config, shapes);
    std::vector<std::uint64_t> allocations;
    Recorder recorder(trainer, folder.path() / "last.safetensors", [&](std::int64_t) {
      allocations.push_back(keel::memory_stats().system_allocations);
    });
    trainer.run(recorder);
    REQUIRE(allocations.size() == 21);
    CHECK(allocations[6] == allocations[0]);
    CHECK(allocations[20] == allocations[7]);  // between epochs: an evaluation, a checkpoint
  }
}

TEST_CASE("trainer: augmentation and its padding reach the images that are learnt from") {
  TrainConfig config = tiny_config();
  config.epochs = 1;
  const std::string plain = final_checkpoint(config);
  config.augment = "standard";
  const std::string black_border = final_checkpoint(config);
  config.pad_mode = "reflect";
  const std::string mirrored_border = final_checkpoint(config);
  CHECK(plain != black_border);
  CHECK(black_border != mirrored_border);
}

TEST_CASE("trainer: a run that is killed after any step ends with the same bits") {
  for (const TrainConfig& config : stateful_configs()) {
    const std::string expected = final_checkpoint(config);
    for (std::int64_t killed_at = 1; killed_at <= 2 * keel::testing::kTinyBatches; ++killed_at) {
      const TempFolder folder;
      const auto last = folder.path() / "last.safetensors";
      {
        Trainer trainer(config, tiny_digits());
        trainer.save_checkpoint(last);
        Recorder recorder(trainer, last, [&](std::int64_t step) {
          if (step == killed_at) throw Killed{};
        });
        CHECK_THROWS_AS(trainer.run(recorder), Killed);
      }
      Trainer trainer(config, tiny_digits());
      trainer.restore(keel::Checkpoint(last));
      const std::int64_t from = trainer.progress().step;
      CHECK(from < killed_at);
      CHECK(killed_at - from <= config.save_every);
      Recorder recorder(trainer, last);
      CHECK(trainer.run(recorder) == TrainOutcome::kCompleted);
      INFO(config.optim << ", killed at step " << killed_at << ", went on from " << from);
      CHECK((keel::read_file(last) == expected));
    }
  }
}

TEST_CASE("trainer: evaluations between epochs tell how the run stands and leave it as it is") {
  for (const char* norm : {"batch", "batch:precise"}) {
    INFO(norm);
    TrainConfig config = stateful_configs().front();
    config.norm = norm;
    const std::string expected = final_checkpoint(config);
    config.eval_every = 2;
    CHECK((final_checkpoint(config) == expected));

    Trainer trainer(config, tiny_digits());
    Recorder recorder;
    trainer.run(recorder);
    REQUIRE(recorder.evaluations.size() == 4);  // the tenth step's is the second epoch's
    for (std::size_t i = 0; i < 4; ++i) {
      CHECK(recorder.evaluations[i].step == static_cast<std::int64_t>(2 * (i + 1)));
    }
    CHECK(recorder.evaluations[0].test_loss != recorder.evaluations[1].test_loss);
  }
}

TEST_CASE("trainer: an interrupt ends the run after its step, with a checkpoint to go on from") {
  const TrainConfig config = stateful_configs()[1];
  const std::string expected = final_checkpoint(config);
  for (const std::int64_t at : {1, 5, 8, 10}) {
    const TempFolder folder;
    const auto last = folder.path() / "last.safetensors";
    {
      keel::InterruptHandler handler;
      handler.ask_first();
      Trainer trainer(config, tiny_digits());
      Recorder recorder(trainer, last, [&](std::int64_t step) {
        if (step == at) std::raise(at == 1 ? SIGTERM : SIGINT);
      });
      // The last step of all has nothing left to interrupt.
      CHECK(trainer.run(recorder) ==
            (at == 10 ? TrainOutcome::kCompleted : TrainOutcome::kInterrupted));
      CHECK(trainer.progress().step == at);
    }
    keel::InterruptHandler handler;
    handler.ask_first();
    Trainer trainer(config, tiny_digits());
    trainer.restore(keel::Checkpoint(last));
    CHECK(trainer.progress().step == at);
    Recorder recorder(trainer, last);
    CHECK(trainer.run(recorder) == TrainOutcome::kCompleted);
    CHECK((keel::read_file(last) == expected));
  }
}

TEST_CASE("trainer: target accuracy and patience end a run, also one that is resumed there") {
  const TempFolder folder;
  const auto last = folder.path() / "last.safetensors";
  const auto outcome = [&](const TrainConfig& config, std::size_t epochs) {
    Trainer trainer(config, tiny_digits());
    Recorder recorder(trainer, last);
    const TrainOutcome result = trainer.run(recorder);
    CHECK(recorder.epochs.size() == epochs);
    Trainer resumed(config, tiny_digits());
    resumed.restore(keel::Checkpoint(last));
    Recorder nothing;
    CHECK(resumed.run(nothing) == result);
    CHECK(nothing.losses.empty());
    return result;
  };
  TrainConfig config = tiny_config();
  config.epochs = 4;
  config.target_accuracy = 0.01;
  CHECK(outcome(config, 1) == TrainOutcome::kTargetReached);
  config.target_accuracy = 1;
  config.lr = 1e-9;  // nothing gets better
  config.norm = "none";
  config.patience = 2;
  CHECK(outcome(config, 3) == TrainOutcome::kOutOfPatience);
  config.patience = 0;
  CHECK(outcome(config, 4) == TrainOutcome::kCompleted);
  CHECK(keel::outcome_name(TrainOutcome::kTargetReached) == "target reached");
  CHECK(keel::outcome_name(TrainOutcome::kOutOfPatience) == "out of patience");
}

TEST_CASE("trainer: a loss that is not finite ends the run and names step and layer") {
  const TempFolder folder;
  const auto last = folder.path() / "last.safetensors";
  TrainConfig config = tiny_config();
  config.norm = "none";
  config.lr = 1e20;
  config.save_every = 1;
  Trainer trainer(config, tiny_digits());
  trainer.save_checkpoint(last);
  Recorder recorder(trainer, last);
  try {
    trainer.run(recorder);
    FAIL("a learning rate of 1e20 did no harm");
  } catch (const keel::Diverged& error) {
    CHECK(error.kind() == keel::ErrorKind::kDiverged);
    CHECK_THAT(error.what(), ContainsSubstring("training diverged at step " +
                                               std::to_string(trainer.progress().step + 1)));
    CHECK_THAT(error.what(), ContainsSubstring("is that of " + error.layer()));
    CHECK_THAT(error.layer(), ContainsSubstring("features.") || ContainsSubstring("classifier."));
  }
  for (const keel::StateEntry& entry : keel::state_of(*keel::Checkpoint(last).model())) {
    for (const float v : entry.tensor.values<float>()) REQUIRE(std::isfinite(v));
  }
}

TEST_CASE("trainer: a checkpoint of another run is refused") {
  const TempFolder folder;
  const auto last = folder.path() / "last.safetensors";
  const TrainConfig config = tiny_config();
  {
    Trainer trainer(config, tiny_digits());
    Recorder recorder(trainer, last);
    trainer.run(recorder);
  }
  const auto complaint = [&](const TrainConfig& other, const keel::DatasetSplits& data) {
    Trainer trainer(other, data);
    try {
      trainer.restore(keel::Checkpoint(last));
    } catch (const keel::Error& error) {
      CHECK(error.kind() == keel::ErrorKind::kData);
      CHECK_THAT(error.what(), ContainsSubstring(last.string()));
      return std::string(error.what());
    }
    return std::string("no error");
  };
  CHECK(complaint(config, tiny_digits()) == "no error");
  TrainConfig other = config;
  other.norm_eps = 1e-3;
  CHECK_THAT(
      complaint(other, tiny_digits()),
      ContainsSubstring("than this run: norm is \"batch\" there and \"batch:eps=0.001\" here"));
  other = config;
  other.optim = "adam";
  CHECK_THAT(complaint(other, tiny_digits()), ContainsSubstring("does not fit the optimiser"));
  other = config;
  other.batch_size = 8;
  CHECK_THAT(complaint(other, tiny_digits()), ContainsSubstring("does not belong to a run"));
  CHECK_THAT(complaint(config, keel::make_digits(4, 70, 40)), ContainsSubstring("other images"));
}
