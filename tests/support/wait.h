#pragma once
// Until another process has got somewhere, however fast the machine is.

#include <chrono>
#include <functional>
#include <thread>

#include "tests/support/test.h"

namespace keel::testing {

/// Returns once the condition holds; fails the running test after a minute.
inline void wait_for(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) FAIL("waited for a minute in vain");
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

}  // namespace keel::testing
