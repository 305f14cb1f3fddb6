#include "apps/evaluation/recalibrate.h"

#include <cmath>

#include <keel/core/autograd.h>
#include <keel/data/standardize.h>
#include <keel/layers/batch_channel_norm.h>
#include <keel/layers/batch_norm.h>
#include <keel/layers/batch_renorm.h>
#include <keel/layers/ghost_batch_norm.h>
#include <keel/layers/state.h>

#include "apps/train/trainer.h"
#include "tests/apps/tiny_training.h"
#include "tests/support/gradient_check.h"
#include "tests/support/norm_specs.h"
#include "tests/support/state_named.h"
#include "tests/support/test.h"

using namespace keel;
using namespace keel::testing;

namespace {

ModulePtr lenet(const std::string& norm, double dropout = 0) {
  return make_model("lenet5", {.norm = norm, .dropout = dropout}, 1);
}

}  // namespace

TEST_CASE(
    "recalibrate: the mean over the batches, whatever the momentum and the statistics before") {
  const Dataset& train = tiny_digits().train;
  const Standardization standardization = standardization_of(train);
  const ModulePtr model = lenet("batch:momentum=0.1"), cumulative = lenet("batch:momentum=none");
  state_named(*model, "features.1.running_mean").fill(1e6);
  CHECK(recalibrate(*model, train, standardization, {.batch_size = 16}) == 4);  // of 70 images
  recalibrate(*cumulative, train, standardization, {.batch_size = 16});
  for (const char* name : {"features.1.running_mean", "features.1.running_var",
                           "features.5.running_mean", "features.5.running_var"}) {
    CHECK(bit_equal(state_named(*model, name), state_named(*cumulative, name)));
  }
  CHECK(state_named(*model, "features.1.num_batches_tracked").item() == 4);
  const Tensor once = state_named(*model, "features.5.running_var").clone();
  recalibrate(*model, train, standardization, {.batch_size = 16});
  CHECK(bit_equal(state_named(*model, "features.5.running_var"), once));
  CHECK(recalibrate(*model, train, standardization, {.batch_size = 16, .most_images = 20}) == 2);
  CHECK(recalibrate(*lenet("group"), train, standardization, {}) == 0);
}

TEST_CASE("recalibrate: what the statistics were before has no influence, for every norm") {
  const Dataset& train = tiny_digits().train;
  const Standardization standardization = standardization_of(train);
  int tracking = 0;
  for (const std::string& norm : norm_specs()) {
    CAPTURE(norm);
    if (norm == "batch:frozen") continue;
    const ModulePtr fresh = make_model("convnet", {.norm = norm}, 1),
                    spoilt = make_model("convnet", {.norm = norm}, 1);
    for (StateEntry& entry : state_of(*spoilt)) {
      const bool running = entry.path.find(".running_") != std::string::npos;
      if (running) entry.tensor.fill(entry.path.ends_with("var") ? 9 : std::nan(""));
      if (entry.kind == StateKind::kCounter) entry.tensor.fill(1000);
    }
    if (recalibrate(*fresh, train, standardization, {.batch_size = 16}) == 0) continue;
    ++tracking;
    recalibrate(*spoilt, train, standardization, {.batch_size = 16});
    const std::vector<StateEntry> expected = state_of(*fresh), found = state_of(*spoilt);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      CAPTURE(expected[i].path);
      CHECK(bit_equal(found[i].tensor, expected[i].tensor));
    }
  }
  CHECK(tracking >= 15);
}

TEST_CASE("recalibrate: the variance is that of all batches together") {
  const Mode average{.statistics = StatisticsUpdate::kAverage};
  // Values 1 3, 6 8, 2 10: mean 5, mean square distance 64 / 6.
  const auto check_norm = [](Module& norm) {
    CAPTURE(norm.describe());
    CHECK(state_named(norm, "running_mean").item() == Approx(5));
    CHECK(state_named(norm, "running_var").item() == Approx(64.0 / 6));
  };
  EstimatedBatchNorm estimated(1);
  BatchNorm batch(1);
  BatchRenorm renorm(1);
  GhostBatchNorm ghost(16, 1);
  for (Module* norm : std::initializer_list<Module*>{&estimated, &batch, &renorm, &ghost}) {
    norm->forward(Tensor::from({2, 1}, {1, 3}), average);
    norm->forward(Tensor::from({2, 1}, {6, 8}), average);
    norm->forward(Tensor::from({2, 1}, {2, 10}), average);
    check_norm(*norm);
  }
  GhostBatchNorm sub_batches(2, 1);
  sub_batches.forward(Tensor::from({6, 1}, {1, 3, 6, 8, 2, 10}), average);
  check_norm(sub_batches);
}

TEST_CASE("recalibrate: frozen statistics stay, and count as none") {
  const Dataset& train = tiny_digits().train;
  const ModulePtr frozen = lenet("batch:frozen");
  const Tensor before = state_named(*frozen, "features.1.running_var").clone();
  CHECK(recalibrate(*frozen, train, standardization_of(train), {.batch_size = 16}) == 0);
  CHECK(bit_equal(state_named(*frozen, "features.1.running_var"), before));
}

TEST_CASE("recalibrate: dropout is off and parameters stay") {
  const Dataset& train = tiny_digits().train;
  const Standardization standardization = standardization_of(train);
  const ModulePtr plain = make_model("mlp", {.norm = "batch"}, 1);
  const ModulePtr dropping = make_model("mlp", {.norm = "batch", .dropout = 0.5}, 1);
  std::vector<Tensor> before;
  for (const StateEntry& entry : parameters_of(*dropping)) before.push_back(entry.tensor.clone());
  recalibrate(*plain, train, standardization, {.batch_size = 35});
  recalibrate(*dropping, train, standardization, {.batch_size = 35});
  CHECK(bit_equal(state_named(*plain, "8.running_var"), state_named(*dropping, "8.running_var")));
  const std::vector<StateEntry> after = parameters_of(*dropping);
  for (std::size_t i = 0; i < after.size(); ++i) CHECK(bit_equal(after[i].tensor, before[i]));
}

TEST_CASE("recalibrate: precise batch norm trains alike and evaluates with averaged statistics") {
  struct Epochs : TrainObserver {
    std::vector<double> train, test;
    void on_epoch(const EpochReport& report) override {
      train.push_back(report.result.train_loss);
      test.push_back(report.result.test_loss);
    }
  };
  const auto run = [](const std::string& norm, ModulePtr* averaged) {
    TrainConfig config = tiny_config();
    config.norm = norm;
    Trainer trainer(config, tiny_digits());
    Epochs epochs;
    trainer.run(epochs);
    if (averaged != nullptr) {
      *averaged = build_model(trainer.spec(), 1);
      load_state_dict(**averaged, state_dict(trainer.model()));
      recalibrate(**averaged, tiny_digits().train, trainer.spec().standardization,
                  {.batch_size = config.batch_size, .seed = config.seed});
      for (const char* name : {"features.1.running_mean", "features.5.running_var"}) {
        CHECK(bit_equal(state_named(**averaged, name), state_named(trainer.model(), name)));
      }
    }
    return epochs;
  };
  ModulePtr averaged;
  const Epochs tracked = run("batch", nullptr), precise = run("batch:precise", &averaged);
  CHECK(precise.train == tracked.train);
  CHECK(precise.test != tracked.test);
}
