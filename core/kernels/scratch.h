#pragma once
// Working memory of a kernel: from the recycling pool, so that no step after the first asks the
// system.

#include <cstdint>

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

}  // namespace keel::kernels
