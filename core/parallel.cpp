#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <keel/core/available_cores.h>
#include <keel/core/error.h>
#include <keel/core/parallel.h>

namespace keel {
namespace {

constexpr int kMaxThreads = 1024;

thread_local bool inside_parallel_for = false;
thread_local int index_of_this_thread = 0;

// Loops inside its life run on this thread alone.
class Inside {
 public:
  Inside() : before_(std::exchange(inside_parallel_for, true)) {}
  ~Inside() { inside_parallel_for = before_; }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

 private:
  bool before_;
};

int initial_threads() {
  const char* wish = std::getenv("KEEL_THREADS");
  if (wish == nullptr || *wish == '\0') return std::min(available_cores(), kMaxThreads);
  char* end = nullptr;
  const long count = std::strtol(wish, &end, 10);
  check(end != wish && *end == '\0' && count >= 1 && count <= kMaxThreads,
        "KEEL_THREADS={}: expected a number of threads from 1 to {}", wish, kMaxThreads);
  return static_cast<int>(count);
}

// A parallel loop in progress. It lives on its caller's stack.
struct Loop {
  std::int64_t n, grain, chunks;
  void* context;
  detail::ChunkFunction function;

  void run(std::int64_t chunk) const {
    function(context, chunk * grain, std::min(n, (chunk + 1) * grain));
  }
  void run_alone() const {
    const Inside inside;
    for (std::int64_t chunk = 0; chunk < chunks; ++chunk) run(chunk);
  }
};

// The chunks that a thread begins with: the same for each loop of the same size, so that a thread
// finds in its caches what it left there. Who has finished goes on with those of others.
struct alignas(64) Share {
  std::atomic<std::int64_t> next{0};
  std::int64_t end = 0;
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

  void run(const Loop& loop) {
    // Another thread's loop has the workers: do this one alone rather than wait for them.
    std::unique_lock serial(serial_, std::try_to_lock);
    if (!serial.owns_lock()) return loop.run_alone();
    start();
    share_out(loop.chunks);
    loop_ = &loop;
    announce();
    work(loop);
    loop_ = nullptr;  // who comes late finds nothing to do
    await_workers();
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
  }

 private:
  // 100 to 250 microseconds, as long as the CPU's pause takes: longer than the gap between two
  // kernels of a step, short enough not to starve another process for long.
  static constexpr int kSpins = 5000;

  // Whether `happened()` comes true within that time.
  template <class F>
  static bool spin_until(F happened) {
    for (int spin = 0; spin < kSpins; ++spin) {
      if (happened()) return true;
      pause();
    }
    return false;
  }

  static void pause() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("isb");  // "yield" does nothing on most cores; this takes some tens of cycles
#else
    std::this_thread::yield();
#endif
  }

  void start() {
    if (static_cast<int>(workers_.size()) == size_ - 1) return;
    stopping_ = false;
    shares_ = std::vector<Share>(static_cast<std::size_t>(size_));
    while (static_cast<int>(workers_.size()) < size_ - 1) {
      const int index = static_cast<int>(workers_.size()) + 1;
      try {
        workers_.emplace_back([this, index, seen = generation_.load()] {
          index_of_this_thread = index;
          serve(seen);
        });
      } catch (const std::system_error& error) {
        throw Error(fmt::format("threads: the system starts no more than {} of {} ({}); use fewer",
                                index, size_.load(), error.code().message()));
      }
    }
  }

  void stop() {
    stopping_ = true;
    announce();
    for (std::thread& worker : workers_) worker.join();
    workers_.clear();
  }

  void share_out(std::int64_t chunks) {
    const auto count = static_cast<std::int64_t>(shares_.size());
    for (std::int64_t i = 0; i < count; ++i) {
      Share& share = shares_[static_cast<std::size_t>(i)];
      share.next = chunks * i / count;
      share.end = chunks * (i + 1) / count;
    }
  }

  void work(const Loop& loop) {
    const Inside inside;
    const auto own = static_cast<std::size_t>(index_of_this_thread);
    for (std::size_t i = 0; i < shares_.size(); ++i) {
      Share& share = shares_[(own + i) % shares_.size()];
      for (std::int64_t chunk = share.next++; chunk < share.end; chunk = share.next++) {
        try {
          loop.run(chunk);
        } catch (...) {
          const std::lock_guard lock(mutex_);
          if (!error_) error_ = std::current_exception();
          for (Share& rest : shares_) rest.next = rest.end;
        }
      }
    }
  }

  // No lock is taken while everybody is awake. What one thread writes before it reads, another
  // reads before it writes, and all agree on one order of that (sequential consistency): either the
  // announcer sees a sleeper, or the sleeper sees the announcement before it sleeps. Likewise,
  // whoever turned active after run() saw nobody sees that there is no loop.
  void announce() {
    ++generation_;
    if (sleepers_ == 0) return;
    { const std::lock_guard lock(mutex_); }
    wake_.notify_all();
  }

  void await_loop(std::uint64_t seen) {
    const auto announced = [&] { return generation_ != seen; };
    if (spin_until(announced)) return;
    std::unique_lock lock(mutex_);
    ++sleepers_;
    wake_.wait(lock, announced);
    --sleepers_;
  }

  void await_workers() {
    const auto left = [&] { return active_ == 0; };
    if (spin_until(left)) return;
    std::unique_lock lock(mutex_);
    caller_sleeps_ = true;
    done_.wait(lock, left);
    caller_sleeps_ = false;
  }

  void serve(std::uint64_t seen) {
    for (;;) {
      await_loop(seen);
      seen = generation_;
      if (stopping_) return;
      ++active_;
      if (const Loop* loop = loop_) work(*loop);
      if (--active_ == 0 && caller_sleeps_) {
        { const std::lock_guard lock(mutex_); }
        done_.notify_one();
      }
    }
  }

  std::mutex serial_;  // one loop at a time has the workers
  std::vector<std::thread> workers_;
  std::atomic<int> size_;
  std::atomic<bool> stopping_{false};

  // What is spun on lies in a cache line of its own.
  alignas(64) std::atomic<std::uint64_t> generation_{0};  // of loops
  std::atomic<const Loop*> loop_{nullptr};
  std::vector<Share> shares_;               // of the loop's chunks, by thread
  alignas(64) std::atomic<int> active_{0};  // workers that may be in the loop

  alignas(64) std::mutex mutex_;  // for the error, and for those who have spun in vain
  std::exception_ptr error_;      // the loop's first
  std::condition_variable wake_, done_;
  std::atomic<int> sleepers_{0};
  std::atomic<bool> caller_sleeps_{false};
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
  const Loop loop{n, grain, chunks, context, function};
  if (chunks == 1 || inside_parallel_for || pool().size() == 1) return loop.run_alone();
  pool().run(loop);
}

}  // namespace keel
