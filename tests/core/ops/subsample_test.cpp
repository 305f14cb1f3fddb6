#include <keel/core/ops/subsample.h>

#include "tests/support/gradient_check.h"
#include "tests/support/test.h"

using keel::Tensor;
using namespace keel::testing;

TEST_CASE("subsample_pad takes every stride-th pixel and adds zero channels") {
  const Tensor x = random_tensor({2, 5, 4, 3}, 1);
  const Tensor y = keel::subsample_pad(x, 2, 1, 2);
  REQUIRE(y.shape() == keel::Shape{2, 3, 2, 6});
  CHECK(y.at({1, 2, 1, 1}) == x.at({1, 4, 2, 0}));
  CHECK(y.at({1, 2, 1, 0}) == 0);
  CHECK(y.at({1, 2, 1, 5}) == 0);
  check_gradient([](const auto& in) { return keel::subsample_pad(in[0], 2, 1, 2); }, {x});
  CHECK_THROWS_WITH(keel::subsample_pad(x, 0, 1, 1), ContainsSubstring("stride 0"));
}
