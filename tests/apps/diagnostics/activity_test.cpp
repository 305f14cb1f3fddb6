#include "apps/diagnostics/activity.h"

#include <algorithm>
#include <vector>

#include <keel/layers/activation.h>
#include <keel/layers/dense.h>
#include <keel/layers/dropout.h>
#include <keel/layers/flatten.h>
#include <keel/layers/residual.h>
#include <keel/layers/sequential.h>
#include <keel/layers/state.h>

#include "apps/train/models.h"
#include "tests/apps/tiny_training.h"
#include "tests/support/test.h"

using namespace keel;

namespace {

// 101 images of one pixel: 0, 1, ..., 100, read as they are.
Dataset hundred_and_one() {
  Dataset set{.name = "numbers",
              .height = 1,
              .width = 1,
              .channels = 1,
              .classes = {"a", "b"},
              .images = {},
              .labels = std::vector<std::int32_t>(101)};
  for (std::uint8_t i = 0; i <= 100; ++i) set.images.push_back(i);
  return set;
}

const Standardization kAsBytes{{0}, {1.0F / 255}};

// Units x, x - 99.5, -x and x - 100.
std::unique_ptr<Sequential> four_units() {
  Rng rng(1);
  auto model = std::make_unique<Sequential>();
  model->add<Flatten>().add<Dense>(1, 4, DenseOptions{}, rng).add<Activation>("relu");
  for (StateEntry& entry : parameters_of(*model)) {
    entry.tensor.copy_from(entry.kind == StateKind::kWeight
                               ? Tensor::from({4, 1}, {1, 1, -1, 1})
                               : Tensor::from({4}, {0, -99.5, 0, -100}));
  }
  return model;
}

}  // namespace

TEST_CASE("activity: percentiles are NumPy's") {
  std::vector<float> values{5, 1, 4, 2, 3};
  CHECK(percentile(values, 0) == 1);
  CHECK(percentile(values, 0.5) == 3);
  CHECK(percentile(values, 1) == 5);
  CHECK(percentile(values, 0.15) == Approx(1.6));
  CHECK(percentile(values, 0.85) == Approx(4.4));
  std::vector<float> one{7};
  CHECK(percentile(one, 0.15) == 7);
}

TEST_CASE("activity: dead units and percentiles of known values") {
  const Dataset set = hundred_and_one();
  const auto model = four_units();
  const auto activity = measure_activity(*model, HeldOut(set, kAsBytes));
  REQUIRE(activity.size() == 1);
  CHECK(activity[0].layer == "2");
  CHECK(activity[0].dead == 0.5);  // -x and x - 100 are never above 0, x - 99.5 once
  REQUIRE(activity[0].units.size() == 3);
  CHECK(activity[0].units[0].unit == 0);
  CHECK(activity[0].units[1].unit == 1);
  CHECK(activity[0].units[2].unit == 3);
  CHECK(activity[0].units[0].p15 == Approx(15));
  CHECK(activity[0].units[0].p50 == Approx(50));
  CHECK(activity[0].units[0].p85 == Approx(85));
  CHECK(activity[0].units[1].p85 == 0);
}

TEST_CASE("activity: fused layers are seen as single ones, and dropout is off") {
  const auto layers_of = [](const std::string& name, const ModelOptions& options) {
    const ModulePtr model = make_model(name, options, 1);
    const Dataset& set = testing::tiny_digits().test;
    std::string layers;
    for (const LayerActivity& activity :
         measure_activity(*model, HeldOut(set, standardization_of(set)))) {
      layers += activity.layer + " ";
      for (const UnitPercentiles& unit : activity.units) {
        CHECK(unit.p15 <= unit.p50);
        CHECK(unit.p50 <= unit.p85);
      }
    }
    return layers;
  };
  for (const std::string norm : {"none", "batch", "evonorm-s0", "frn"}) {
    CHECK(layers_of("lenet5", {.norm = norm}) ==
          "features.1 features.2 features.5 features.6 classifier.2 classifier.4 ");
  }
  const std::string resnet = layers_of("resnet20", {.norm = "batch"});
  CHECK_THAT(resnet, ContainsSubstring("features.3.main.1 features.3.main.2 features.3.main.4 "
                                       "features.3.activation "));
}

TEST_CASE("activity: a ReLU behind a norm tells the norm's percentiles, cut at 0") {
  const ModulePtr model = make_model("lenet5", {.norm = "batch"}, 1);
  const Dataset& set = testing::tiny_digits().test;
  const auto activity = measure_activity(*model, HeldOut(set, standardization_of(set)));
  REQUIRE(activity.size() == 6);
  for (std::size_t i = 0; i < 3; ++i) {
    const UnitPercentiles &before = activity[0].units[i], &after = activity[1].units[i];
    CHECK(after.p50 == std::max(0.0, before.p50));
    CHECK(after.p85 == std::max(0.0, before.p85));
  }
  CHECK(activity[0].dead == activity[1].dead);
}

TEST_CASE("held-out images: the same whole batches, up to 2,000 images") {
  const auto sizes = [](std::int64_t images) {
    Dataset set{.name = "zeros",
                .height = 1,
                .width = 1,
                .channels = 1,
                .classes = {"a", "b"},
                .images = std::vector<std::uint8_t>(static_cast<std::size_t>(images)),
                .labels = std::vector<std::int32_t>(static_cast<std::size_t>(images))};
    std::vector<std::size_t> counts;
    HeldOut(set, kAsBytes).for_each_batch([&](const Batch& batch) {
      counts.push_back(batch.labels.size());
    });
    return counts;
  };
  CHECK(sizes(1) == std::vector<std::size_t>{1});
  CHECK(sizes(250) == std::vector<std::size_t>{250});
  CHECK(sizes(501) == std::vector<std::size_t>{250, 250});
  CHECK(sizes(5000) == std::vector<std::size_t>(8, 250));
}
