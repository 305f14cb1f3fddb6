#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <keel/core/error.h>
#include <keel/core/parallel.h>

#ifdef __linux__
#include <sched.h>
#endif

namespace keel {
namespace {

constexpr int kMaxThreads = 1024;

thread_local bool inside_parallel_for = false;
thread_local int index_of_this_thread = 0;

// Cores rather than hardware threads: two threads of one core share the units that the kernels
// fill.
int physical_cores() {
  const int logical = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
#ifdef __linux__
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return logical;
  std::set<std::pair<std::string, std::string>> cores;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(static_cast<unsigned>(cpu), &allowed)) continue;
    const std::string topology = fmt::format("/sys/devices/system/cpu/cpu{}/topology/", cpu);
    std::string package, core;
    std::ifstream(topology + "physical_package_id") >> package;
    std::ifstream(topology + "core_id") >> core;
    if (core.empty()) return logical;
    cores.emplace(package, core);
  }
  if (!cores.empty()) return static_cast<int>(cores.size());
#endif
  return logical;
}

int initial_threads() {
  if (const char* text = std::getenv("KEEL_THREADS")) {
    char* end = nullptr;
    const long count = std::strtol(text, &end, 10);
    if (end != text && *end == '\0' && count >= 1 && count <= kMaxThreads) {
      return static_cast<int>(count);
    }
  }
  return std::min(physical_cores(), kMaxThreads);
}

// A parallel loop in progress. It lives on its caller's stack; `users` keeps it there until the
// last worker has let go of it.
struct Loop {
  std::int64_t n, grain, chunks;
  void* context;
  detail::ChunkFunction function;
  std::atomic<std::int64_t> next{0};
  std::atomic<int> users{0};
  std::mutex error_mutex;
  std::exception_ptr error;

  void work() {
    inside_parallel_for = true;
    for (;;) {
      const std::int64_t chunk = next.fetch_add(1, std::memory_order_relaxed);
      if (chunk >= chunks) break;
      try {
        function(context, chunk * grain, std::min(n, (chunk + 1) * grain));
      } catch (...) {
        next.store(chunks, std::memory_order_relaxed);
        const std::lock_guard lock(error_mutex);
        if (!error) error = std::current_exception();
      }
    }
    inside_parallel_for = false;
  }
};

class Pool {
 public:
  Pool() : size_(initial_threads()) {}
  ~Pool() { stop(); }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  int size() const { return size_; }

  void resize(int count) {
    const std::lock_guard serial(serial_);
    stop();
    size_ = count;
  }

  void run(Loop& loop) {
    // Another thread's loop has the workers: do this one alone rather than wait for them.
    std::unique_lock serial(serial_, std::try_to_lock);
    if (!serial.owns_lock()) return loop.work();
    start();
    {
      const std::lock_guard lock(mutex_);
      loop_ = &loop;
      loop.users.store(1, std::memory_order_relaxed);
      generation_.fetch_add(1, std::memory_order_release);
    }
    wake_.notify_all();
    loop.work();
    {
      const std::lock_guard lock(mutex_);
      loop_ = nullptr;  // late wakers find nothing to do
    }
    loop.users.fetch_sub(1, std::memory_order_acq_rel);
    for (int spin = 0; spin < kSpins && loop.users.load(std::memory_order_acquire) != 0; ++spin) {
      pause();
    }
    if (loop.users.load(std::memory_order_acquire) != 0) {
      std::unique_lock lock(mutex_);
      done_.wait(lock, [&] { return loop.users.load(std::memory_order_acquire) == 0; });
    }
  }

 private:
  // About 20 microseconds: longer than the gap between two kernels of a step, short enough not to
  // starve another process for long.
  static constexpr int kSpins = 2000;

  static void pause() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#else
    std::this_thread::yield();
#endif
  }

  void start() {
    if (static_cast<int>(workers_.size()) == size_ - 1) return;
    stopping_ = false;
    while (static_cast<int>(workers_.size()) < size_ - 1) {
      const int index = static_cast<int>(workers_.size()) + 1;
      workers_.emplace_back([this, index, seen = generation_.load()] {
        index_of_this_thread = index;
        serve(seen);
      });
    }
  }

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      generation_.fetch_add(1, std::memory_order_release);
    }
    wake_.notify_all();
    for (std::thread& worker : workers_) worker.join();
    workers_.clear();
  }

  void serve(std::uint64_t seen) {
    for (;;) {
      for (int spin = 0; spin < kSpins && generation_.load(std::memory_order_acquire) == seen;
           ++spin) {
        pause();
      }
      Loop* loop = nullptr;
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [&] { return generation_.load(std::memory_order_acquire) != seen; });
        seen = generation_.load(std::memory_order_acquire);
        if (stopping_) return;
        loop = loop_;
        if (loop != nullptr) loop->users.fetch_add(1, std::memory_order_acq_rel);
      }
      if (loop == nullptr) continue;
      loop->work();
      {
        // Under the mutex: the caller may be between its test and its wait.
        const std::lock_guard lock(mutex_);
        loop->users.fetch_sub(1, std::memory_order_acq_rel);
      }
      done_.notify_one();
    }
  }

  std::mutex serial_;  // one loop at a time has the workers
  std::mutex mutex_;
  std::condition_variable wake_, done_;
  std::vector<std::thread> workers_;
  std::atomic<std::uint64_t> generation_{0};
  Loop* loop_ = nullptr;
  bool stopping_ = false;
  std::atomic<int> size_;
};

Pool& pool() {
  static Pool instance;
  return instance;
}

}  // namespace

int num_threads() {
  return pool().size();
}

int thread_index() {
  return index_of_this_thread;
}

void set_num_threads(int count) {
  check(count >= 1 && count <= kMaxThreads, "threads: {} is not between 1 and {}", count,
        kMaxThreads);
  pool().resize(count);
}

void detail::parallel_for(std::int64_t n, std::int64_t grain, void* context,
                          ChunkFunction function) {
  check(grain >= 1, "parallel_for: grain {} is not positive", grain);
  if (n <= 0) return;
  const std::int64_t chunks = (n + grain - 1) / grain;
  if (chunks == 1 || inside_parallel_for || pool().size() == 1) {
    for (std::int64_t chunk = 0; chunk < chunks; ++chunk) {
      function(context, chunk * grain, std::min(n, (chunk + 1) * grain));
    }
    return;
  }
  Loop loop{n, grain, chunks, context, function, {}, {}, {}, {}};
  pool().run(loop);
  if (loop.error) std::rethrow_exception(loop.error);
}

}  // namespace keel
