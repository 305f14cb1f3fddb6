#include <cmath>
#include <limits>

#include <keel/core/ops/activation.h>

#include "tests/support/gradient_check.h"
#include "tests/support/test.h"

using keel::Tensor;
using keel::testing::check_gradient;
using keel::testing::random_tensor;

TEST_CASE("relu") {
  const Tensor y = keel::relu(Tensor::from({4}, {-1, 0, 2, std::nan("")}));
  CHECK(y.at({0}) == 0);
  CHECK(y.at({1}) == 0);
  CHECK(y.at({2}) == 2);
  CHECK(std::isnan(y.at({3})));
  check_gradient([](const auto& in) { return keel::relu(in[0]); }, {random_tensor({3, 5}, 1)});
}
