#include "tests/support/gradient_check.h"

#include <cmath>

#include "tests/support/test.h"

using keel::DType;
using keel::Tensor;
using keel::testing::max_difference;

TEST_CASE("the tests' own measure of a difference does not lose a NaN") {
  const Tensor zeros = Tensor::zeros({3}, DType::kFloat64);
  CHECK(max_difference(Tensor::from({3}, {1, -3, 2}, DType::kFloat64), zeros) == 3);
  const Tensor found = Tensor::from({3}, {1, std::nan(""), 0}, DType::kFloat64);
  CHECK(std::isnan(max_difference(found, zeros)));
  CHECK(std::isnan(max_difference(zeros, found)));
}
