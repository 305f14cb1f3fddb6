#include "apps/diagnostics/statistics_gap.h"

#include <cmath>
#include <vector>

#include <keel/layers/batch_norm.h>
#include <keel/layers/flatten.h>
#include <keel/layers/norm.h>
#include <keel/layers/sequential.h>
#include <keel/layers/state.h>

#include "apps/diagnostics/parameter_space.h"
#include "tests/support/gradient_check.h"
#include "tests/support/test.h"

using namespace keel;

namespace {

// Images of one pixel with two channels: (10, 50), (20, 40), (30, 30), (40, 20). Which channel lies
// further above its mean, 25 and 35, is the label.
Dataset four_images() {
  return {.name = "pairs",
          .height = 1,
          .width = 1,
          .channels = 2,
          .classes = {"a", "b"},
          .images = {10, 50, 20, 40, 30, 30, 40, 20},
          .labels = {1, 1, 0, 0}};
}

const Standardization kAsBytes{{0, 0}, {1.0F / 255, 1.0F / 255}};

Sequential norm_alone(const std::string& spec) {
  Sequential model;
  model.add("norm", make_norm(spec, {.channels = 2})).add<Flatten>();
  return model;
}

Tensor buffer(Module& model, const std::string& name) {
  for (const StateEntry& entry : state_of(model)) {
    if (entry.path == "norm." + name) return entry.tensor;
  }
  throw Error("no state called " + name);
}

StatisticsReport compare(Module& model) {
  const Dataset set = four_images();
  return compare_statistics(model, set, kAsBytes, HeldOut(set, kAsBytes));
}

}  // namespace

TEST_CASE("statistics gap: of running statistics that are set by hand") {
  Sequential model = norm_alone("batch");
  buffer(model, "running_mean").copy_from(Tensor::from({2}, {25, 5}));
  buffer(model, "running_var").copy_from(Tensor::from({2}, {500, 1500}));
  buffer(model, "num_batches_tracked").fill(3);
  std::vector<Tensor> state;
  for (const StateEntry& entry : state_of(model)) state.push_back(entry.tensor);
  const std::vector<Tensor> before = clones(state);

  const StatisticsReport report = compare(model);
  constexpr double kVariance = 125;  // of both channels
  REQUIRE(report.gaps.size() == 1);
  CHECK(report.gaps[0].layer == "norm");
  CHECK(report.gaps[0].mean_gap == Approx((0 + 30 / std::sqrt(kVariance)) / 2).epsilon(1e-5));
  CHECK(report.gaps[0].variance_ratio == Approx((4.0 + 12.0) / 2).epsilon(1e-5));
  CHECK(*report.gaps[0].variance_shift == Approx((4.0 + 12.0) / 2).epsilon(1e-5));
  REQUIRE(report.accuracy.has_value());
  CHECK(report.accuracy->running == 0.75);  // (30, 30) is taken for the second class
  CHECK(report.accuracy->recalibrated == 1);
  CHECK(report.accuracy->batch == 1);
  for (std::size_t i = 0; i < state.size(); ++i) CHECK(testing::bit_equal(state[i], before[i]));
}

TEST_CASE("statistics gap: a variance that is too small counts as one that is too large") {
  Sequential model = norm_alone("batch");
  buffer(model, "running_mean").copy_from(Tensor::from({2}, {25, 35}));
  buffer(model, "running_var").copy_from(Tensor::from({2}, {125.0 / 4, 500}));
  const StatisticsReport report = compare(model);
  CHECK(report.gaps.at(0).mean_gap == Approx(0).margin(1e-5));
  CHECK(report.gaps.at(0).variance_ratio == Approx(4).epsilon(1e-5));
}

TEST_CASE("statistics gap: in evaluation what is wrong below counts, too") {
  Sequential model;
  model.add("norm", make_norm("batch:eps=1e-12", {.channels = 2}));
  model.add("last", make_norm("batch", {.channels = 2})).add<Flatten>();
  buffer(model, "running_var").copy_from(Tensor::from({2}, {1250, 1250}));  // 10 times too large
  const StatisticsReport report = compare(model);
  REQUIRE(report.gaps.size() == 2);
  // Its running variance, 1, is that of recalibrated statistics below it.
  CHECK(report.gaps[1].variance_ratio == Approx(1).epsilon(1e-4));
  CHECK(*report.gaps[1].variance_shift == Approx(10).epsilon(1e-3));
}

TEST_CASE("statistics gap: what a normalisation does not keep is not told") {
  Sequential l1 = norm_alone("l1");
  buffer(l1, "running_mean").copy_from(Tensor::from({2}, {25, 35}));
  buffer(l1, "running_size").copy_from(Tensor::from({2}, {20, 20}));  // the population's is 10
  CHECK(compare(l1).gaps.at(0).variance_ratio == Approx(4).epsilon(1e-5));
  CHECK(compare(l1).gaps.at(0).mean_gap == Approx(0).margin(1e-4));

  Sequential mean_only = norm_alone("mean-only"), variance_only = norm_alone("variance-only");
  CHECK(std::isnan(compare(mean_only).gaps.at(0).variance_ratio));
  CHECK_FALSE(compare(mean_only).gaps.at(0).variance_shift.has_value());
  CHECK_FALSE(compare(l1).gaps.at(0).variance_shift.has_value());
  CHECK(std::isnan(compare(mean_only).gaps.at(0).mean_gap));
  CHECK(std::isnan(compare(variance_only).gaps.at(0).mean_gap));
  CHECK(compare(variance_only).gaps.at(0).variance_ratio > 1);

  Sequential layer = norm_alone("layer"), frozen = norm_alone("batch:frozen");
  CHECK(compare(layer).gaps.empty());
  CHECK_FALSE(compare(layer).accuracy.has_value());
  CHECK(compare(frozen).gaps.empty());
}
