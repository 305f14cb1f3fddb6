#pragma once

#include <algorithm>
#include <chrono>

namespace keel {

/// Work that is done again and again in passing: at intervals of at least `least`, and for at most
/// a twentieth of the time.
class Throttle {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Throttle(Clock::duration least = Clock::duration::zero()) : least_(least) {}

  /// Calls f if that is due.
  template <class F>
  void operator()(F&& f) {
    const Clock::time_point start = Clock::now();
    if (start < next_) return;
    f();
    const Clock::time_point end = Clock::now();
    next_ = end + std::max(least_, 20 * (end - start));
  }

 private:
  Clock::duration least_;
  Clock::time_point next_{};
};

}  // namespace keel
