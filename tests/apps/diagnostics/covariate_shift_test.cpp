#include "apps/diagnostics/covariate_shift.h"

#include <cmath>

#include <keel/core/ops/elementwise.h>
#include <keel/core/ops/reduce.h>

#include "tests/support/gradient_check.h"
#include "tests/support/test.h"

using namespace keel;

namespace {

Tensor scalar(double value) {
  return Tensor::from({1}, {value}, DType::kFloat64).set_requires_grad();
}

}  // namespace

TEST_CASE("covariate shift: of a linear chain, each layer sees the steps of those below it alone") {
  // L = (c b a x - t)^2 / 2, so that dL/da = e c b x, dL/db = e c a x, dL/dc = e b a x with
  // e = c b a x - t.
  constexpr double kX = 0.5, kTarget = 2, kRate = 0.1;
  constexpr double kA = 1.5, kB = -0.75, kC = 2;
  Tensor a = scalar(kA), b = scalar(kB), c = scalar(kC);
  const Objective objective({a, b, c}, [&] {
    const Tensor e = c * b * a * kX + -kTarget;
    return sum(e * e) * 0.5;
  });
  const std::vector<ParameterRange> layers{{"a", 0, 1, true}, {"b", 1, 2, true}, {"c", 2, 3, true}};
  const auto shifts = measure_covariate_shift(objective, objective(), layers, kRate);
  CHECK((a.item() == kA && b.item() == kB && c.item() == kC));

  const auto error = [](double a1, double b1, double c1) { return c1 * b1 * a1 * kX - kTarget; };
  const double e = error(kA, kB, kC);
  const double a_next = kA - kRate * e * kC * kB * kX, b_next = kB - kRate * e * kC * kA * kX;
  const double b_gradient = e * kC * kA * kX, c_gradient = e * kB * kA * kX;
  const double b_shifted = error(a_next, kB, kC) * kC * a_next * kX;
  const double c_shifted = error(a_next, b_next, kC) * b_next * a_next * kX;
  REQUIRE(shifts.size() == 2);  // nothing lies below a
  CHECK(shifts[0].layer == "b");
  CHECK(shifts[0].gradient_norm == Approx(std::abs(b_gradient)));
  CHECK(shifts[0].distance == Approx(std::abs(b_gradient - b_shifted)));
  CHECK(shifts[0].cosine == Approx(b_gradient * b_shifted > 0 ? 1 : -1));
  CHECK(shifts[1].layer == "c");
  CHECK(shifts[1].gradient_norm == Approx(std::abs(c_gradient)));
  CHECK(shifts[1].distance == Approx(std::abs(c_gradient - c_shifted)));
}

TEST_CASE("covariate shift: the cosine tells a turn from a change of length") {
  // L = w . q(v), so that G = q(v): from (v, 1) to (v', 1).
  Tensor v = scalar(1), w = Tensor::from({2}, {-1, 2}, DType::kFloat64).set_requires_grad();
  const Tensor first = Tensor::from({2}, {1, 0}, DType::kFloat64);
  const Tensor second = Tensor::from({2}, {0, 1}, DType::kFloat64);
  const Objective objective({v, w}, [&] { return sum(w * (first * v + second)); });
  const auto shifts =
      measure_covariate_shift(objective, objective(), {{"v", 0, 1, true}, {"w", 1, 2, true}}, 1);
  // dL/dv = -1: v' = 2.
  REQUIRE(shifts.size() == 1);
  CHECK(shifts[0].gradient_norm == Approx(std::sqrt(2)));
  CHECK(shifts[0].distance == Approx(1));
  CHECK(shifts[0].cosine == Approx(3 / std::sqrt(2 * 5)));
}

TEST_CASE("covariate shift: of a deep net, five layers with weights from the second to the last") {
  std::vector<Tensor> parameters;
  std::vector<ParameterRange> layers;
  for (std::size_t i = 0; i < 20; ++i) {
    parameters.push_back(scalar(1));
    layers.push_back({std::to_string(i), i, i + 1, i % 2 == 0});  // norms in between
  }
  const Objective objective(parameters, [&] {
    Tensor product = parameters[0];
    for (std::size_t i = 1; i < 20; ++i) product = product * parameters[i];
    return sum(product);
  });
  std::string chosen;
  for (const auto& shift : measure_covariate_shift(objective, objective(), layers, 0.01)) {
    chosen += shift.layer + " ";
  }
  CHECK(chosen == "2 6 10 14 18 ");
}
