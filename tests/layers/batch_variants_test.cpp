// The relatives of batch norm, against values computed by hand or from batch norm itself.

#include <cmath>

#include <keel/core/ops/elementwise.h>
#include <keel/core/ops/reduce.h>
#include <keel/core/ops/shape_ops.h>
#include <keel/layers/batch_norm.h>
#include <keel/layers/state.h>

#include "tests/support/gradient_check.h"
#include "tests/support/state_named.h"
#include "tests/support/test.h"

using namespace keel;
using namespace keel::testing;

namespace {

const Mode kTraining{.training = true};
const Mode kEvaluation{};

// Per channel: mean 2.5, mean |d| 1, max |d| 1.5, variance 1.25 (biased), 5/3 (unbiased).
Tensor one_to_four() {
  return Tensor::from({4, 1}, {1, 2, 3, 4}, DType::kFloat64);
}

ModulePtr norm_of(const NormSpec& spec, std::int64_t channels = 1) {
  ModulePtr norm = make_norm(spec, {.channels = channels});
  convert(*norm, DType::kFloat64);
  return norm;
}

}  // namespace

TEST_CASE("l1, l2 and linf batch norm divide by their sizes, whose running mean evaluation uses") {
  const std::vector<std::pair<std::string, double>> sizes = {
      {"l1", 1 + 1e-5}, {"l2", std::sqrt(1.25 + 1e-5)}, {"linf", 1.5 + 1e-5}};
  for (const auto& [name, size] : sizes) {
    CAPTURE(name);
    const ModulePtr norm = norm_of(name);
    CHECK(norm->forward(one_to_four(), kTraining).at({0, 0}) == Approx(-1.5 / size));
    CHECK(state_named(*norm, "running_mean").item() == Approx(0.25));
    const double running = 0.9 + 0.1 * size;
    CHECK(state_named(*norm, "running_size").item() == Approx(running));
    CHECK(norm->forward(one_to_four(), kEvaluation).at({3, 0}) == Approx((4 - 0.25) / running));
  }
}

TEST_CASE("mean-only and variance-only batch norm are its two halves") {
  const ModulePtr mean_only = norm_of("mean-only"), variance_only = norm_of("variance-only");
  CHECK(mean_only->forward(one_to_four(), kTraining).at({0, 0}) == Approx(-1.5));
  CHECK(mean_only->forward(one_to_four(), kEvaluation).at({0, 0}) == Approx(1 - 0.25));
  CHECK(variance_only->forward(one_to_four(), kTraining).at({3, 0}) ==
        Approx(4 / std::sqrt(1.25 + 1e-5)));
  CHECK(variance_only->forward(one_to_four(), kEvaluation).at({3, 0}) ==
        Approx(4 / std::sqrt(0.9 + 0.1 * 5 / 3 + 1e-5)));
}

TEST_CASE("ghost batch norm is batch norm of each sub-batch, also of a last, shorter one") {
  const Tensor x = random_tensor({7, 2, 3, 4}, 1);
  const ModulePtr ghost = norm_of("ghost:3", 4);
  const Tensor y = ghost->forward(x, kTraining);
  Tensor mean = Tensor::zeros({4}, DType::kFloat64), var = mean;
  const std::vector<std::pair<std::int64_t, std::int64_t>> parts = {{0, 3}, {3, 6}, {6, 7}};
  for (const auto& [begin, end] : parts) {
    const ModulePtr batch = norm_of("batch:momentum=1", 4);
    CHECK(max_difference(slice(y, 0, begin, end).detach(),
                         batch->forward(slice(x, 0, begin, end), kTraining).detach()) < 1e-12);
    mean = mean + state_named(*batch, "running_mean") / 3.0;
    var = var + state_named(*batch, "running_var") / 3.0;
  }
  CHECK(max_difference(state_named(*ghost, "running_mean"), mean * 0.1) < 1e-12);
  CHECK(max_difference(state_named(*ghost, "running_var"), var * 0.1 + 0.9) < 1e-12);
  CHECK(state_named(*ghost, "num_batches_tracked").item() == 1);
  const ModulePtr large = norm_of("ghost:32", 4), batch = norm_of("batch", 4);
  CHECK(max_difference(large->forward(x, kTraining).detach(),
                       batch->forward(x, kTraining).detach()) < 1e-12);
  CHECK_THROWS_WITH(ghost->forward(Tensor::zeros({4, 4}, DType::kFloat64), kTraining),
                    ContainsSubstring("GhostBatchNorm(4, sub-batches of 3)") &&
                        ContainsSubstring("one value per channel"));
}

TEST_CASE("ghost batch norm: a value left over joins the sub-batch before it where none trains") {
  const Tensor x = random_tensor({7, 4}, 1);
  const Mode average{.statistics = StatisticsUpdate::kAverage};
  const Tensor y = norm_of("ghost:3", 4)->forward(x, average);
  const ModulePtr batch = norm_of("batch", 4);
  CHECK(max_difference(slice(y, 0, 0, 3), batch->forward(slice(x, 0, 0, 3), average)) < 1e-12);
  CHECK(max_difference(slice(y, 0, 3, 7), batch->forward(slice(x, 0, 3, 7), average)) < 1e-12);
  CHECK_THROWS_WITH(norm_of("ghost:3", 4)->forward(x, kTraining),
                    ContainsSubstring("one value per channel"));
}

TEST_CASE("noisy batch norm: new noise in each step of the ranges given, none in evaluation") {
  const ModulePtr noisy = norm_of("noisy", 2), batch = norm_of("batch", 2);
  const Tensor x = random_tensor({64, 8, 8, 2}, 1);
  const auto mode = [](std::uint64_t step) {
    return Mode{.training = true, .rng = Rng(3).fork(step)};
  };
  const Tensor plain = batch->forward(x, kTraining).detach();
  for (std::uint64_t step = 0; step < 5; ++step) {
    const Tensor y = noisy->forward(x, mode(step)).detach();
    CHECK(bit_equal(noisy
                        ->forward(x, {.training = true,
                                      .rng = mode(step).rng,
                                      .statistics = StatisticsUpdate::kNever})
                        .detach(),
                    y));
    const double mu = mean(y).item(),
                 sigma = mean(y * plain).item();  // plain has mean 0, variance 1
    CHECK(std::abs(mu) < 0.52);
    CHECK((sigma > 0.98 && sigma < 1.27));
    const double residual = variance(y - plain * sigma, {}, false, 0).item();
    CHECK(residual == Approx(0.01 / 3 + 0.01).epsilon(0.1));
    CHECK_FALSE(bit_equal(noisy->forward(x, mode(step + 10)).detach(), y));
  }
  for (int pass = 1; pass < 15; ++pass) batch->forward(x, kTraining);
  CHECK(max_difference(noisy->forward(x, kEvaluation).detach(),
                       batch->forward(x, kEvaluation).detach()) < 0.3);
}

TEST_CASE("rms norm divides by the root of the mean square, without overflow") {
  const ModulePtr sample = make_norm("rms", {2}), pixel = make_norm("rms:channels", {2});
  const Tensor x = Tensor::from({1, 1, 2, 2}, {1, 7, 3, 4});
  CHECK(sample->forward(x, kTraining).at({0, 0, 0, 1}) == Approx(7 / std::sqrt(75.0 / 4)));
  CHECK(pixel->forward(x, kTraining).at({0, 0, 1, 0}) == Approx(3 / std::sqrt(12.5)));
  CHECK(sample->forward(x * 1e20, kTraining).at({0, 0, 0, 1}) == Approx(7 / std::sqrt(75.0 / 4)));
}

TEST_CASE("batch statistics of one value per channel are an error for every relative") {
  for (const std::string name : {"batch", "renorm", "evonorm-b0", "l1", "l2", "linf", "mean-only",
                                 "variance-only", "noisy"}) {
    CAPTURE(name);
    CHECK_THROWS_WITH(
        make_norm(name, {3})->forward(Tensor::zeros({1, 3}), kTraining),
        ContainsSubstring("one value per channel") && ContainsSubstring("--drop-last"));
    CHECK_NOTHROW(make_norm(name, {3})->forward(Tensor::zeros({1, 3}), kEvaluation));
  }
}
