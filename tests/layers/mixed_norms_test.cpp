// Batch renorm, the mixtures of statistics, and the norms with an activation of their own.

#include <cmath>

#include <keel/core/autograd.h>
#include <keel/core/ops/activation.h>
#include <keel/core/ops/elementwise.h>
#include <keel/core/ops/normalize.h>
#include <keel/core/ops/reduce.h>
#include <keel/layers/norm.h>
#include <keel/layers/state.h>

#include "tests/support/gradient_check.h"
#include "tests/support/state_named.h"
#include "tests/support/test.h"

using namespace keel;
using namespace keel::testing;

namespace {

const Mode kTraining{.training = true};

ModulePtr norm_of(const NormSpec& spec, const NormSite& site) {
  ModulePtr norm = make_norm(spec, site);
  convert(*norm, DType::kFloat64);
  return norm;
}

const Tensor& maps() {
  static const Tensor x = random_tensor({4, 3, 3, 8}, 1) * 2.0 + 0.5;
  return x;
}

}  // namespace

TEST_CASE("batch renorm is batch norm until its bounds open, then nears what evaluation does") {
  const ModulePtr renorm = norm_of("renorm:warmup=2", {8}), batch = norm_of("batch", {8});
  for (int step = 0; step < 3; ++step) {  // closed before the third update
    CHECK(max_difference(renorm->forward(maps(), kTraining).detach(),
                         batch->forward(maps(), kTraining).detach()) < 1e-12);
  }
  CHECK(bit_equal(state_named(*renorm, "running_var"), state_named(*batch, "running_var")));
  for (int step = 3; step < 20; ++step) renorm->forward(maps(), kTraining);
  // Open: r = sd / running_sd and d = (mean - running_mean) / running_sd are inside their bounds.
  const Tensor evaluated = renorm->forward(maps(), {}).detach();
  const Tensor trained =
      renorm->forward(maps(), {.training = true, .statistics = StatisticsUpdate::kNever}).detach();
  CHECK(max_difference(trained, evaluated) < 1e-12);
}

TEST_CASE("batch renorm passes no gradient through r and d") {
  const ModulePtr renorm = norm_of("renorm:warmup=0", {8});
  Tensor x = maps().clone().set_requires_grad(), other = maps().clone().set_requires_grad();
  const Tensor dy = random_tensor(x.shape(), 2);
  const Normalized batch = normalize(other, {}, {}, {}, 1e-5);
  // Running mean 0 and variance 1: r is the deviation and d the mean, within 3 and 5.
  const Tensor running_sd = sqrt(Tensor::full({8}, 1 + 1e-5, DType::kFloat64));
  const Tensor r = sqrt(batch.var + 1e-5) / running_sd, d = batch.mean / running_sd;
  const Tensor expected = batch.y * r + d;
  const Tensor y = renorm->forward(x, kTraining);
  CHECK(max_difference(y.detach(), expected.detach()) < 1e-12);
  backward(y, dy);
  backward(expected, dy);
  CHECK(max_difference(x.grad(), other.grad()) < 1e-12);
}

TEST_CASE("batch renorm bounds r and d") {
  const ModulePtr renorm = norm_of("renorm:rmax=2:dmax=0.5:warmup=0", {8});
  const Tensor far = maps() * 100.0 + 1000.0;
  const Tensor expected = normalize(far, {}, {}, {}, 1e-5).y * 2.0 + 0.5;
  CHECK(max_difference(renorm->forward(far, kTraining).detach(), expected) < 1e-12);
}

TEST_CASE("switchable norm becomes each of its parts as their weights grow") {
  const std::vector<std::string> parts = {"instance", "layer", "batch"};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    CAPTURE(parts[i]);
    const ModulePtr norm = norm_of("switchable", {8}), part = norm_of(parts[i], {8});
    for (const char* weights : {"mean_weight", "var_weight"}) {
      state_named(*norm, weights).mutable_data<double>()[i] = 60;
    }
    CHECK(max_difference(norm->forward(maps(), kTraining).detach(),
                         part->forward(maps(), kTraining).detach()) < 1e-10);
    CHECK(max_difference(norm->forward(maps(), {}).detach(), part->forward(maps(), {}).detach()) <
          1e-10);
  }
}

TEST_CASE("switchable norm's statistics do not cancel") {
  const Tensor offset = (random_tensor({4, 6, 6, 8}, 3) * 0.1 + 1e4).to(DType::kFloat32);
  const ModulePtr exact = norm_of("switchable", {8}), norm = make_norm("switchable", {8});
  CHECK(relative_error(norm->forward(offset, kTraining).detach(),
                       exact->forward(offset.to(DType::kFloat64), kTraining).detach()) < 0.02);
}

TEST_CASE("batch-instance norm starts as batch norm; rho is put back into its bounds") {
  const ModulePtr norm = norm_of("batch-instance", {8}), batch = norm_of("batch", {8}),
                  instance = norm_of("instance", {8});
  CHECK(max_difference(norm->forward(maps(), kTraining).detach(),
                       batch->forward(maps(), kTraining).detach()) < 1e-12);
  state_named(*norm, "rho").fill(-0.25);
  CHECK(max_difference(norm->forward(maps(), {}).detach(), instance->forward(maps(), {}).detach()) <
        1e-12);
  CHECK(state_named(*norm, "rho").at({0}) == -0.25);  // evaluation changes nothing
  norm->forward(maps(), kTraining);
  CHECK(state_named(*norm, "rho").at({0}) == 0);
}

TEST_CASE("batch-channel norm trains with its estimates, also with a single image") {
  const ModulePtr norm = norm_of("bcn:2:momentum=0.5", {8});
  const Tensor y = norm->forward(maps(), kTraining).detach();
  const Tensor center = mean(maps(), {0, 1, 2});
  CHECK(max_difference(state_named(*norm, "batch.running_mean"), center * 0.5) < 1e-12);
  // The first estimate of the mean is 0: the mean square.
  const Tensor square = mean(maps() * maps(), {0, 1, 2});
  CHECK(max_difference(state_named(*norm, "batch.running_var"), square * 0.5 + 0.5) < 1e-12);
  const Tensor estimated = normalize_with(maps(), center * 0.5, square * 0.5 + 0.5, {}, {}, 1e-5);
  CHECK(max_difference(y, normalize(estimated, {}, {}, {.groups = 2}, 1e-5).y) < 1e-12);
  CHECK_NOTHROW(norm->forward(random_tensor({1, 1, 1, 8}, 2), kTraining));
}

TEST_CASE("filter response norm: its size, its threshold, and a learnt eps for single pixels") {
  const ModulePtr norm = make_norm("frn", {1}), tlu = make_norm_activation("frn", {1});
  const Tensor x = Tensor::from({1, 1, 2, 1}, {3, -4});
  const Tensor y = norm->forward(x, kTraining);
  CHECK(y.at({0, 0, 0, 0}) == Approx(3 / std::sqrt(12.5)));
  CHECK(norm->forward(x * 1e20, kTraining).at({0, 0, 0, 0}) == Approx(3 / std::sqrt(12.5)));
  CHECK(tlu->forward(y, kTraining).at({0, 0, 1, 0}) == 0);
  state_named(*tlu, "tau").fill(-0.5);
  CHECK(tlu->forward(y, kTraining).at({0, 0, 1, 0}) == -0.5);
  const ModulePtr learnt = make_norm("frn:learn-eps=yes", {1});
  const Tensor pixel = Tensor::from({1, 1}, {0.01});
  CHECK(learnt->forward(pixel, kTraining).item() == Approx(0.01 / std::sqrt(1e-4 + 1e-4 + 1e-6)));
}

TEST_CASE("EvoNorm: B0 takes the larger of two sizes, S0 is a gated group norm without a mean") {
  const ModulePtr b0 = norm_of("evonorm-b0", {8}), s0 = norm_of("evonorm-s0:2", {8});
  const Tensor batch_var = variance(maps(), {0, 1, 2}, true, 0);
  const Tensor plane_var = variance(maps(), {1, 2}, true, 0);
  const Tensor y = b0->forward(maps(), kTraining).detach();
  const Tensor left = sqrt(batch_var + 1e-5), right = maps() + sqrt(plane_var + 1e-5);
  const Tensor larger = relu(right - left) + left;
  CHECK(max_difference(y, maps() / larger) < 1e-12);
  CHECK(state_named(*b0, "running_var").at({2}) ==
        Approx(0.9 + 0.1 * variance(maps(), {0, 1, 2}).at({2})));
  const Tensor z = s0->forward(maps(), kTraining).detach();
  const Tensor normalized = normalize(maps() - 0.0, {}, {}, {.groups = 2}, 1e-5).y;
  const Tensor x = Tensor::zeros({1, 1, 1, 8}, DType::kFloat64);
  CHECK(max_difference(s0->forward(x, kTraining).detach(), x) == 0);
  // Where the group's mean is known, group norm tells the deviation.
  const double spread = (maps().at({0, 0, 0, 0}) - maps().at({0, 0, 1, 0})) /
                        (normalized.at({0, 0, 0, 0}) - normalized.at({0, 0, 1, 0}));
  const double value = maps().at({0, 0, 0, 0});
  CHECK(z.at({0, 0, 0, 0}) == Approx(value / (1 + std::exp(-value)) / spread));
}

TEST_CASE("norms with an activation of their own leave it out where a sum follows") {
  const auto name = [](const ModulePtr& module) { return module ? module->describe() : "none"; };
  const auto at = [](NormPlace place) {
    return NormSite{.channels = 8, .height = 4, .width = 4, .place = place};
  };
  CHECK(name(make_norm("evonorm-s0", at(NormPlace::kBranch))) == "EvoNormS0(1, 8)");
  CHECK(name(make_norm("evonorm-s0", at(NormPlace::kBranchEnd))) == "Affine(8)");
  CHECK(name(make_norm("evonorm-b0", at(NormPlace::kShortcut))) == "Affine(8)");
  CHECK(name(make_norm_activation("evonorm-b0", at(NormPlace::kPlain))) == "Identity");
  CHECK(name(make_norm_activation("evonorm-b0", at(NormPlace::kAfterSum))) == "none");
  CHECK(name(make_norm("frn", at(NormPlace::kBranchEnd))) == "FilterResponseNorm(8)");
  CHECK(name(make_norm_activation("frn", at(NormPlace::kAfterSum))) == "Tlu(8)");
  CHECK(name(make_norm_activation("batch", at(NormPlace::kPlain))) == "none");
}
