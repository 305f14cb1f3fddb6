#pragma once
// Aligned memory that is recycled: after the first training step every block comes from here and
// the system is asked for none.

#include <cstddef>
#include <cstdint>

namespace keel {

/// What the process's tensors hold, in bytes, and how often the system was asked for memory.
struct MemoryStats {
  std::size_t in_use = 0;                ///< held by live storages
  std::size_t peak = 0;                  ///< largest in_use so far, or since reset_peak_memory()
  std::size_t reserved = 0;              ///< in_use and what waits to be recycled
  std::uint64_t system_allocations = 0;  ///< requests that recycling could not serve
};

MemoryStats memory_stats();
/// Lets the peak begin anew at what is in use now: for one piece of work among several.
void reset_peak_memory();
/// Returns what waits to be recycled to the system.
void release_cached_memory();

/// A block of memory aligned to 64 bytes. Its contents start undefined.
class Storage {
 public:
  /// Throws Error when the system has no memory left.
  explicit Storage(std::size_t bytes);
  ~Storage();
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;

  std::byte* data() const { return data_; }
  std::size_t bytes() const { return bytes_; }

 private:
  std::byte* data_ = nullptr;
  std::size_t bytes_ = 0;     // asked for
  std::size_t capacity_ = 0;  // of the block
};

}  // namespace keel
