#include <algorithm>
#include <thread>

#include <keel/core/available_cores.h>

#include "tests/support/test.h"

TEST_CASE("a container's quota of processor time is so many cores") {
  CHECK(keel::cores_of_quota("200000 100000") == 2);
  CHECK(keel::cores_of_quota("150000 100000\n") == 2);
  CHECK(keel::cores_of_quota("50000 100000") == 1);
  for (const char* none : {"max 100000", "", "200000", "200000 ", "200000 0", "-1 100000", "x y"}) {
    CAPTURE(none);
    CHECK(keel::cores_of_quota(none) == 0);
  }
  CHECK(keel::cores_of_quota("9223372036854775807 1") == 1 << 16);
}

TEST_CASE("some core is there, and no more than the system has threads") {
  CHECK(keel::available_cores() >= 1);
  CHECK(keel::available_cores() <=
        static_cast<int>(std::max(1u, std::thread::hardware_concurrency())));
}
