#pragma once
// Working memory of a kernel: from the recycling pool, so that no step after the first asks the
// system.

#include <cstdint>

#include <keel/core/parallel.h>
#include <keel/core/storage.h>

namespace keel::kernels {

/// An uninitialised array of n elements, aligned to 64 bytes.
template <class T>
class Scratch {
 public:
  explicit Scratch(std::int64_t n) : storage_(static_cast<std::size_t>(n) * sizeof(T)) {}
  T* data() const { return reinterpret_cast<T*>(storage_.data()); }

 private:
  Storage storage_;
};

/// An uninitialised array of n elements for each thread of a parallel_for, to be made before it:
/// were the threads to take their own, how many need one at the same time would be a matter of
/// luck.
template <class T>
class ThreadScratch {
 public:
  explicit ThreadScratch(std::int64_t n)
      : stride_((n + kLine - 1) / kLine * kLine), all_(num_threads() * stride_) {}
  /// The array of the thread that asks.
  T* mine() const { return all_.data() + thread_index() * stride_; }

 private:
  static constexpr std::int64_t kLine = 64 / sizeof(T);  // no two threads write to one cache line
  std::int64_t stride_;
  Scratch<T> all_;
};

}  // namespace keel::kernels
