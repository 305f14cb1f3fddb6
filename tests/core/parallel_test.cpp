#include <atomic>
#include <numeric>
#include <stdexcept>
#include <thread>
#include <vector>

#include <keel/core/error.h>
#include <keel/core/parallel.h>

#include "tests/support/test.h"

namespace {

struct ThreadCount {
  explicit ThreadCount(int count) : before(keel::num_threads()) { keel::set_num_threads(count); }
  ~ThreadCount() { keel::set_num_threads(before); }
  int before;
};

}  // namespace

TEST_CASE("parallel_for visits every index once, in chunks that depend on n and grain alone") {
  for (const int threads : {1, 2, 5}) {
    const ThreadCount scope(threads);
    for (const std::int64_t n : {0, 1, 7, 64, 1001}) {
      std::vector<std::atomic<int>> visits(static_cast<std::size_t>(n));
      keel::parallel_for(n, 16, [&](std::int64_t begin, std::int64_t end) {
        if (begin % 16 != 0 || (end != n && end != begin + 16)) throw std::logic_error("chunk");
        for (std::int64_t i = begin; i < end; ++i) ++visits[static_cast<std::size_t>(i)];
      });
      for (const auto& count : visits) REQUIRE(count == 1);
    }
  }
}

TEST_CASE("threads that share a loop have indices of their own") {
  CHECK(keel::thread_index() == 0);
  for (const int threads : {1, 2, 5}) {
    const ThreadCount scope(threads);
    std::vector<std::atomic<int>> inside(static_cast<std::size_t>(threads));
    std::atomic<bool> met{false};
    for (int round = 0; round < 20; ++round) {
      keel::parallel_for(100, 1, [&](std::int64_t, std::int64_t) {
        std::atomic<int>& here = inside.at(static_cast<std::size_t>(keel::thread_index()));
        if (++here != 1) met = true;
        std::this_thread::yield();
        --here;
      });
    }
    CHECK(!met);
  }
}

TEST_CASE("an exception in a chunk reaches the caller and the pool lives on") {
  const ThreadCount scope(3);
  for (int round = 0; round < 50; ++round) {
    CHECK_THROWS_WITH(keel::parallel_for(100, 1,
                                         [](std::int64_t begin, std::int64_t) {
                                           if (begin == 37) throw keel::Error("chunk 37");
                                         }),
                      "chunk 37");
  }
  std::atomic<int> sum{0};
  keel::parallel_for(
      100, 3, [&](std::int64_t begin, std::int64_t end) { sum += static_cast<int>(end - begin); });
  CHECK(sum == 100);
}

TEST_CASE("nested and concurrent loops finish") {
  const ThreadCount scope(4);
  std::atomic<int> sum{0};
  const auto nested = [&] {
    for (int round = 0; round < 100; ++round) {
      keel::parallel_for(8, 1, [&](std::int64_t, std::int64_t) {
        keel::parallel_for(10, 2, [&](std::int64_t begin, std::int64_t end) {
          sum += static_cast<int>(end - begin);
        });
      });
    }
  };
  std::thread other(nested);
  nested();
  other.join();
  CHECK(sum == 2 * 100 * 8 * 10);
}

TEST_CASE("thread counts are checked") {
  CHECK_THROWS_WITH(keel::set_num_threads(0), ContainsSubstring("0 is not between 1 and 1024"));
}
