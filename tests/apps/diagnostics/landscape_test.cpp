#include "apps/diagnostics/landscape.h"

#include <cmath>

#include <keel/core/ops/elementwise.h>
#include <keel/core/ops/reduce.h>

#include "tests/support/gradient_check.h"
#include "tests/support/test.h"

using namespace keel;

TEST_CASE("landscape: of a quadratic, losses, gradient changes and beta have closed forms") {
  // L = (h1 w1^2 + h2 w2^2) / 2, so that g = h w and g(w - s g) - g(w) = -s h^2 w.
  const double h1 = 2, h2 = 10, w1 = 1.5, w2 = -0.5, lr = 0.3;
  Tensor w = Tensor::from({2}, {w1, w2}, DType::kFloat64).set_requires_grad();
  const Tensor before = w.clone(), h = Tensor::from({2}, {h1, h2}, DType::kFloat64);
  const auto loss_at = [&](double s) {
    const double a = w1 * (1 - s * h1), b = w2 * (1 - s * h2);
    return (h1 * a * a + h2 * b * b) / 2;
  };
  const double gradient_norm = std::hypot(h1 * w1, h2 * w2);
  const double change = std::hypot(h1 * h1 * w1, h2 * h2 * w2);  // for a step of 1

  const Objective objective({w}, [&] { return sum(w * w * h) * 0.5; });
  const Landscape landscape = measure_landscape(objective, objective(), lr);
  CHECK(testing::bit_equal(w, before));
  CHECK(landscape.loss == Approx(loss_at(0)));
  CHECK(landscape.gradient_norm == Approx(gradient_norm));
  const auto check = [&](const Descent& descent, const std::vector<double>& steps, Band loss) {
    REQUIRE(descent.points.size() == steps.size());
    for (std::size_t i = 0; i < steps.size(); ++i) {
      CHECK(descent.points[i].step == Approx(steps[i]));
      CHECK(descent.points[i].loss == Approx(loss_at(steps[i])));
      CHECK(descent.points[i].gradient_change == Approx(steps[i] * change));
    }
    CHECK(descent.loss.low == Approx(loss.low));
    CHECK(descent.loss.high == Approx(loss.high));
    CHECK(descent.gradient_change.low == Approx(steps.front() * change));
    CHECK(descent.gradient_change.high == Approx(steps.back() * change));
    CHECK(descent.beta == Approx(change / gradient_norm));
  };
  check(landscape.by_rate, {0.15, 0.3, 0.6, 0.9, 1.2}, {loss_at(0.15), loss_at(1.2)});
  check(landscape.by_step, {0.01, 0.03, 0.1, 0.3}, {loss_at(0.1), loss_at(0.3)});
}

TEST_CASE("landscape: where the loss only falls, the band begins at the parameters themselves") {
  Tensor w = Tensor::from({1}, {5}, DType::kFloat64).set_requires_grad();
  const Objective objective({w}, [&] { return sum(w * 2); });
  const Descent descent = measure_landscape(objective, objective(), 0.1).by_rate;
  CHECK(descent.loss.high == 10);
  CHECK(descent.loss.low == Approx(10 - 4 * 0.1 * 4));
  CHECK(descent.gradient_change.high == 0);
  CHECK(descent.beta == 0);
}

TEST_CASE("landscape: a step out of the loss's range leaves the band open above") {
  Tensor w = Tensor::from({1}, {1}, DType::kFloat64).set_requires_grad();
  const Objective objective({w}, [&] { return log(w); });  // g = 1: a step of 1.2 leads below 0
  const Landscape landscape = measure_landscape(objective, objective(), 0.3);
  CHECK(std::isnan(landscape.by_rate.points[4].loss));
  CHECK(landscape.by_rate.loss.low == Approx(std::log(0.1)));
  CHECK(std::isnan(landscape.by_rate.loss.high));
  CHECK(landscape.by_step.loss.high == 0);
}
