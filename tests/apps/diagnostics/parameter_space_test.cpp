#include "apps/diagnostics/parameter_space.h"

#include <cmath>

#include <keel/core/ops/elementwise.h>
#include <keel/core/ops/reduce.h>
#include <keel/layers/state.h>

#include "apps/train/models.h"
#include "tests/support/gradient_check.h"
#include "tests/support/test.h"

using namespace keel;

namespace {

std::vector<Tensor> pair(double a, double b, double c) {
  return {Tensor::from({2}, {a, b}), Tensor::from({1}, {c}, DType::kFloat64)};
}

}  // namespace

TEST_CASE("parameter space: norm, distance and cosine take all tensors as one vector") {
  CHECK(norm(pair(2, 3, 6)) == 7);
  CHECK(distance(pair(2, 3, 6), pair(1, 1, 4)) == 3);
  CHECK(cosine(pair(2, 3, 6), pair(-4, -6, -12)) == Approx(-1));
  CHECK(cosine(pair(1, 0, 0), pair(0, 5, 1)) == 0);
  CHECK(std::isnan(cosine(pair(1, 0, 0), pair(0, 0, 0))));
}

TEST_CASE("parameter space: a restored descent leaves the same bits") {
  const std::vector<Tensor> w = pair(0.1, 1e20, -3), before = clones(w);
  {
    const Restore restore(w);
    descend(w, pair(1, 2, -0.5), 0.25);
    CHECK(w[0].at({0}) == Approx(0.1 - 0.25));
    CHECK(w[1].item() == -2.875);
  }
  CHECK(testing::bit_equal(w[0], before[0]));
  CHECK(testing::bit_equal(w[1], before[1]));
}

TEST_CASE("parameter space: an objective is evaluated where the parameters are") {
  Tensor w = Tensor::from({2}, {1, 2}, DType::kFloat64).set_requires_grad();
  Tensor unused = Tensor::ones({3}).set_requires_grad();
  w.set_grad(Tensor::full({2}, 100, DType::kFloat64));
  const Objective objective({w, unused}, [&] { return sum(w * w); });
  for (int i = 0; i < 2; ++i) {
    const Objective::Value value = objective();
    CHECK(value.loss == 5);
    CHECK(value.gradient.at(0).at({1}) == 4);
    CHECK(norm(std::span(value.gradient).subspan(1)) == 0);
    CHECK_FALSE(w.has_grad());
  }
  w.fill(3);
  CHECK(objective().loss == 18);
}

TEST_CASE("parameter space: the layers of a model are ranges of its parameters") {
  const ModulePtr model = make_model("lenet5", {.norm = "batch+wn"}, 1);
  const std::vector<ParameterRange> ranges = parameter_ranges(*model);
  std::string text;
  for (const ParameterRange& range : ranges) {
    text += fmt::format("{} {}-{}{}\n", range.layer, range.begin, range.end,
                        range.weighs ? " weighs" : "");
  }
  CHECK(text ==
        "features.0 0-2 weighs\nfeatures.1 2-4\nfeatures.4 4-6 weighs\nfeatures.5 6-8\n"
        "classifier.1 8-10 weighs\nclassifier.3 10-12 weighs\nclassifier.5 12-14 weighs\n");
  CHECK(ranges.back().end == parameters_of(*model).size());
  CHECK(ranges[2]
            .of({Tensor(), Tensor(), Tensor(), Tensor(), Tensor::ones({7}), Tensor()})
            .front()
            .numel() == 7);
}
