#include <keel/core/error.h>
#include <keel/core/profile.h>

namespace keel {
namespace {

thread_local Profile* active = nullptr;

}  // namespace

Profile::Profile() : last_(Clock::now()) {
  check(active == nullptr, "Profile: this thread has one already");
  active = this;
}

Profile::~Profile() {
  active = nullptr;
}

void Profile::mark(std::string_view what) {
  const auto now = Clock::now();
  auto found = seconds_.find(what);
  if (found == seconds_.end()) found = seconds_.emplace(what, 0.0).first;
  found->second += std::chrono::duration<double>(now - last_).count();
  last_ = now;
}

Profile* detail::active_profile() {
  return active;
}

}  // namespace keel
