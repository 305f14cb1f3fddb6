#include <algorithm>
#include <bit>
#include <cstdlib>
#include <mutex>
#include <unordered_map>
#include <vector>

#include <keel/core/error.h>
#include <keel/core/huge_pages.h>
#include <keel/core/storage.h>

namespace keel {
namespace {

constexpr std::size_t kAlignment = 64;

// At the beginning of a huge page where it fills one; null when there is no memory left.
void* allocate(std::size_t capacity) {
  const std::size_t alignment = capacity < kHugePage ? kAlignment : kHugePage;
  void* block = std::aligned_alloc(alignment, (capacity + alignment - 1) / alignment * alignment);
  if (block != nullptr) prefer_huge_pages(block, capacity);
  return block;
}

// Sizes are rounded up to one of eight steps per power of two, so that nearly equal requests share
// blocks and at most an eighth is lost.
std::size_t capacity_for(std::size_t bytes) {
  bytes = std::max(bytes, std::size_t{512});
  const std::size_t step = std::max(kAlignment, std::bit_floor(bytes) / 8);
  return (bytes + step - 1) / step * step;
}

class Recycler {
 public:
  std::byte* take(std::size_t capacity) {
    {
      const std::lock_guard lock(mutex_);
      stats_.in_use += capacity;
      stats_.peak = std::max(stats_.peak, stats_.in_use);
      auto& blocks = free_[capacity];
      if (!blocks.empty()) {
        std::byte* block = blocks.back();
        blocks.pop_back();
        return block;
      }
      stats_.reserved += capacity;
      ++stats_.system_allocations;
    }
    void* block = allocate(capacity);
    if (block == nullptr) {
      release();
      block = allocate(capacity);
    }
    if (block == nullptr) {
      const std::lock_guard lock(mutex_);
      stats_.in_use -= capacity;
      stats_.reserved -= capacity;
      throw Error(fmt::format("out of memory: {} MiB more than the {} MiB that tensors hold",
                              capacity >> 20, stats_.in_use >> 20));
    }
    return static_cast<std::byte*>(block);
  }

  void give_back(std::byte* block, std::size_t capacity) noexcept {
    const std::lock_guard lock(mutex_);
    stats_.in_use -= capacity;
    free_[capacity].push_back(block);
  }

  void release() {
    const std::lock_guard lock(mutex_);
    for (auto& [capacity, blocks] : free_) {
      for (std::byte* block : blocks) std::free(block);
      stats_.reserved -= capacity * blocks.size();
      blocks.clear();
    }
  }

  void reset_peak() {
    const std::lock_guard lock(mutex_);
    stats_.peak = stats_.in_use;
  }

  MemoryStats stats() {
    const std::lock_guard lock(mutex_);
    return stats_;
  }

 private:
  std::mutex mutex_;
  std::unordered_map<std::size_t, std::vector<std::byte*>> free_;
  MemoryStats stats_;
};

Recycler& recycler() {
  // Never destroyed: tensors with static lifetime may give their blocks back after main.
  static Recycler* const instance = new Recycler;
  return *instance;
}

}  // namespace

MemoryStats memory_stats() {
  return recycler().stats();
}
void reset_peak_memory() {
  recycler().reset_peak();
}
void release_cached_memory() {
  recycler().release();
}

Storage::Storage(std::size_t bytes)
    : data_(recycler().take(capacity_for(bytes))), bytes_(bytes), capacity_(capacity_for(bytes)) {}

Storage::~Storage() {
  recycler().give_back(data_, capacity_);
}

}  // namespace keel
