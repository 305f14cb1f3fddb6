#include <algorithm>
#include <cmath>

#include <keel/core/autograd.h>
#include <keel/core/ops/dropout.h>

#include "tests/support/gradient_check.h"
#include "tests/support/test.h"
#include "tests/support/thread_check.h"

using keel::Rng;
using keel::Tensor;
using namespace keel::testing;

TEST_CASE("dropout drops the share p and keeps the mean") {
  constexpr std::int64_t kElements = 200000;
  const Tensor x = Tensor::ones({kElements});
  for (const double p : {0.1, 0.5, 0.9}) {
    CAPTURE(p);
    const Tensor y = keel::dropout(x, p, Rng(1));
    const auto values = y.values<float>();
    const auto dropped = std::count(values.begin(), values.end(), 0.0f);
    const auto kept = std::count(values.begin(), values.end(), static_cast<float>(1 / (1 - p)));
    CHECK(dropped + kept == kElements);
    const double deviation = std::sqrt(p * (1 - p) * kElements);
    CHECK(std::abs(static_cast<double>(dropped) - p * kElements) < 4 * deviation);
  }
}

TEST_CASE("dropout at the ends of its range") {
  const Tensor x = Tensor::from({3}, {1, -2, std::nan("")});
  CHECK(bit_equal(keel::dropout(x, 0, Rng(1)), x));
  Tensor all = x.clone().set_requires_grad();
  const Tensor y = keel::dropout(all, 1, Rng(1));
  CHECK(bit_equal(y.detach(), Tensor::zeros({3})));
  backward(y, Tensor::ones({3}));
  CHECK(bit_equal(all.grad(), Tensor::zeros({3})));
}

TEST_CASE("a dropout mask is a function of the rng and the element") {
  const Tensor x = Tensor::ones({100003});
  const Rng rng(7, 3);
  const Tensor y = keel::dropout(x, 0.5, rng);
  CHECK(bit_equal(keel::dropout(x, 0.5, rng), y));
  CHECK_FALSE(bit_equal(keel::dropout(x, 0.5, rng.fork(1)), y));
  CHECK_FALSE(bit_equal(keel::dropout(x, 0.5, Rng(8, 3)), y));
  // From five words on, element i is what element i + 5 was.
  const Tensor later = keel::dropout(x, 0.5, Rng({7, 3, 5}));
  for (std::int64_t i = 0; i + 5 < x.numel(); ++i) {
    if (later.data<float>()[i] != y.data<float>()[i + 5]) FAIL("element " << i);
  }
}

TEST_CASE("dropout gradients") {
  for (const keel::Shape& shape : {keel::Shape{}, keel::Shape{17}, keel::Shape{2, 3, 5}}) {
    check_gradient([](const auto& in) { return keel::dropout(in[0], 0.3, Rng(2)); },
                   {random_tensor(shape, 1)});
  }
  check_threads([](const auto& in) { return keel::dropout(in[0], 0.3, Rng(2)); },
                {random_tensor({50003}, 2)});
}

TEST_CASE("dropout refuses what is no probability") {
  CHECK_THROWS_WITH(keel::dropout(Tensor::ones({1}), -0.1, Rng(1)),
                    "dropout: p -0.1 is not between 0 and 1");
  CHECK_THROWS_WITH(keel::dropout(Tensor::ones({1}), std::nan(""), Rng(1)),
                    ContainsSubstring("p nan"));
}
