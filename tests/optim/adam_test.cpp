#include <cmath>

#include <keel/optim/adam.h>

#include "tests/optim/parameters.h"
#include "tests/support/test.h"

using namespace keel::testing;
using keel::Adam;
using keel::ParameterGroup;

TEST_CASE("adam follows its rule for two steps by hand") {
  const ParameterGroup group = one_parameter({1, -1});
  Adam adam({group}, {.beta1 = 0.5, .beta2 = 0.75, .eps = 0.1});
  // m = 0.5 g and v = 0.25 g^2; corrected by 0.5 and 0.25 they are g and g^2.
  set_gradient(group, {2, -4});
  adam.step(0.1);
  const double after_first = 1 - 0.1 * 2 / 2.1;
  CHECK(values(group)[0] == Approx(after_first).epsilon(1e-14));
  CHECK(values(group)[1] == Approx(-1 + 0.1 * 4 / 4.1).epsilon(1e-14));
  // m = 0.5 * 1 + 0.5 * 4 = 2.5, by 1 - 0.5^2; v = 0.75 * 1 + 0.25 * 16 = 4.75, by 1 - 0.75^2.
  set_gradient(group, {4, 0});
  adam.step(0.2);
  const double m = 2.5 / 0.75, v = 4.75 / 0.4375;
  CHECK(values(group)[0] == Approx(after_first - 0.2 * m / (std::sqrt(v) + 0.1)).epsilon(1e-14));
  CHECK(adam.state_dict().at("exp_avg.w").at({0}) == 2.5);
  CHECK(adam.state_dict().at("exp_avg_sq.w").at({0}) == 4.75);
  CHECK(adam.state_dict().at("step.w").item() == 2);
}

TEST_CASE("adam's decay enters the gradient, adamw's the weight") {
  const double lr = 0.1, decay = 0.5, g = 2, w = 3, eps = 0.1;
  const ParameterGroup coupled = one_parameter({w}, decay);
  set_gradient(coupled, {g});
  Adam({coupled}, {.eps = eps}).step(lr);
  const double d = g + decay * w;  // the first corrected moments are d and d^2
  CHECK(values(coupled)[0] == Approx(w - lr * d / (d + eps)).epsilon(1e-13));

  const ParameterGroup decoupled = one_parameter({w}, decay);
  set_gradient(decoupled, {g});
  Adam({decoupled}, {.eps = eps, .decoupled = true}).step(lr);
  CHECK(values(decoupled)[0] == Approx(w - lr * decay * w - lr * g / (g + eps)).epsilon(1e-13));
}

TEST_CASE("adam corrects a parameter that joins late for its own start") {
  const ParameterGroup early = one_parameter({1});
  ParameterGroup late = one_parameter({1});
  late.parameters[0].name = "late";
  Adam adam({early, late});
  set_gradient(early, {5});
  adam.step(0.1);
  set_gradient(late, {5});
  adam.step(0.1);
  CHECK(values(late)[0] == Approx(0.9).epsilon(1e-8));  // a first step has the size of lr
}

TEST_CASE("adam refuses options that cannot work") {
  const ParameterGroup group = one_parameter({1});
  CHECK_THROWS_WITH(Adam({group}, {.beta1 = 1}), ContainsSubstring("beta1 1 is not in [0, 1)"));
  CHECK_THROWS_WITH(Adam({group}, {.beta2 = -0.5}), ContainsSubstring("beta2 -0.5"));
  CHECK_THROWS_WITH(Adam({group}, {.eps = -1}), ContainsSubstring("eps -1"));
  CHECK_THROWS_WITH(Adam({group}, {.eps = std::nan("")}), ContainsSubstring("eps nan"));
}
