#include <thread>

#include <keel/core/autograd.h>
#include <keel/core/ops/activation.h>
#include <keel/core/profile.h>

#include "tests/support/test.h"

using keel::Tensor;

TEST_CASE("a profile counts each op, forward and backward, while it lives") {
  Tensor x = Tensor::ones({4}).set_requires_grad();
  {
    keel::Profile profile;
    const Tensor y = keel::sigmoid(keel::relu(x));
    keel::backward(y, Tensor::ones({4}));
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    profile.mark("rest");
    CHECK(profile.seconds().size() == 5);
    for (const char* what : {"relu", "sigmoid", "relu backward", "sigmoid backward"}) {
      CHECK(profile.seconds().count(what) == 1);
    }
    CHECK(profile.seconds().find("rest")->second >= 0.002);
    CHECK_THROWS_WITH(keel::Profile(), ContainsSubstring("has one already"));
  }
  keel::relu(x);
  CHECK_NOTHROW(keel::Profile());
}
