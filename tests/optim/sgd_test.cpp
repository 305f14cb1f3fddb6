#include <keel/optim/sgd.h>

#include "tests/optim/parameters.h"
#include "tests/support/test.h"

using namespace keel::testing;
using keel::ParameterGroup;
using keel::Sgd;

namespace {

// w and -w after each of two steps with gradients g1, g2 and their negatives.
void check_two_steps(ParameterGroup group, keel::SgdOptions options, double first, double second) {
  Sgd sgd({group}, options);
  set_gradient(group, {0.5, -0.5});
  sgd.step(0.1);
  CHECK(values(group)[0] == Approx(first).epsilon(1e-14));
  CHECK(values(group)[1] == Approx(-first).epsilon(1e-14));
  set_gradient(group, {0.25, -0.25});
  sgd.step(0.2);
  CHECK(values(group)[0] == Approx(second).epsilon(1e-14));
  CHECK(values(group)[1] == Approx(-second).epsilon(1e-14));
}

}  // namespace

TEST_CASE("sgd follows its rule for two steps by hand") {
  // w = 1 - 0.1 * 0.5, then - 0.2 * 0.25
  check_two_steps(one_parameter({1, -1}), {}, 0.95, 0.9);
  // d = 0.5 + 0.1 * 1 = 0.6: w = 0.94; d = 0.25 + 0.1 * 0.94 = 0.344: w = 0.94 - 0.0688
  check_two_steps(one_parameter({1, -1}, 0.1), {}, 0.94, 0.8712);
  // b = 0.5; b = 0.9 * 0.5 + 0.25 = 0.7: w = 0.95 - 0.14
  check_two_steps(one_parameter({1, -1}), {.momentum = 0.9}, 0.95, 0.81);
  // b = 0.5: w = 1 - 0.1 * (0.5 + 0.45); b = 0.7: w = 0.905 - 0.2 * (0.25 + 0.63)
  check_two_steps(one_parameter({1, -1}), {.momentum = 0.9, .nesterov = true}, 0.905, 0.729);
  // b = 0.6: w = 0.94; d = 0.344, b = 0.54 + 0.344: w = 0.94 - 0.2 * 0.884
  check_two_steps(one_parameter({1, -1}, 0.1), {.momentum = 0.9}, 0.94, 0.7632);
}

TEST_CASE("sgd's buffer is the gradient after the first step") {
  const ParameterGroup group = one_parameter({1, 2});
  Sgd sgd({group}, {.momentum = 0.9});
  set_gradient(group, {3, -4});
  sgd.step(0.1);
  const keel::Tensor buffer = sgd.state_dict().at("momentum_buffer.w");
  CHECK(buffer.at({0}) == 3);
  CHECK(buffer.at({1}) == -4);
  CHECK(Sgd({group}).state_dict().empty());
}

TEST_CASE("sgd refuses options that cannot work") {
  const ParameterGroup group = one_parameter({1});
  CHECK_THROWS_WITH(Sgd({group}, {.momentum = 1}),
                    ContainsSubstring("momentum 1 is not in [0, 1)"));
  CHECK_THROWS_WITH(Sgd({group}, {.momentum = -0.1}), ContainsSubstring("momentum -0.1"));
  CHECK_THROWS_WITH(Sgd({group}, {.momentum = std::nan("")}), ContainsSubstring("momentum nan"));
  CHECK_THROWS_WITH(Sgd({group}, {.nesterov = true}), ContainsSubstring("nesterov needs"));
}
