#pragma once
// The number of threads, changed for a test.

#include <optional>

#include <keel/core/parallel.h>

namespace keel::testing {

/// At the end of its scope the number of threads is again what it was, however the scope is left.
class ThreadCount {
 public:
  explicit ThreadCount(std::optional<int> count = {}) : before_(num_threads()) {
    if (count) set_num_threads(*count);
  }
  ~ThreadCount() { set_num_threads(before_); }
  ThreadCount(const ThreadCount&) = delete;
  ThreadCount& operator=(const ThreadCount&) = delete;

 private:
  int before_;
};

}  // namespace keel::testing
