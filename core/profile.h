#pragma once
// Where a step's time goes, by op.

#include <chrono>
#include <map>
#include <string>
#include <string_view>

namespace keel {

/// While it lives, the time between an op's end and that of the op before it on this thread is
/// counted for the op; what lies between ops of a layer or a loop is counted with the one that
/// comes next. Backward passes count for "<op> backward". One at a time per thread.
class Profile {
 public:
  Profile();
  ~Profile();
  Profile(const Profile&) = delete;
  Profile& operator=(const Profile&) = delete;

  /// Counts the time since the last mark for `what`.
  void mark(std::string_view what);

  /// Seconds by op.
  const std::map<std::string, double, std::less<>>& seconds() const { return seconds_; }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point last_;
  std::map<std::string, double, std::less<>> seconds_;
};

namespace detail {
/// For record() and backward(): the profile of this thread, or null.
Profile* active_profile();
}  // namespace detail

}  // namespace keel
