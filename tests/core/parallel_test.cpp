#include <atomic>
#include <chrono>
#include <numeric>
#include <stdexcept>
#include <thread>
#include <vector>

#include <keel/core/error.h>
#include <keel/core/parallel.h>

#include "tests/support/test.h"
#include "tests/support/thread_count.h"

using keel::testing::ThreadCount;

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

TEST_CASE("a nested loop stays on its thread, whether or not the outer one was shared out") {
  const ThreadCount scope(4);
  for (const std::int64_t chunks : {1, 8}) {
    std::atomic<int> strangers{0};
    keel::parallel_for(chunks, 1, [&](std::int64_t, std::int64_t) {
      const auto here = std::this_thread::get_id();
      keel::parallel_for(64, 1, [&](std::int64_t, std::int64_t) {
        if (std::this_thread::get_id() != here) ++strangers;
        std::this_thread::yield();
      });
    });
    CHECK(strangers == 0);
  }
}

TEST_CASE("threads that wait long fall asleep and wake again") {
  using namespace std::chrono_literals;  // much more than anyone spins
  const ThreadCount scope(3);
  for (int round = 0; round < 5; ++round) {
    std::atomic<int> sum{0};
    keel::parallel_for(3, 1, [&](std::int64_t begin, std::int64_t) {
      if (begin == round % 3) std::this_thread::sleep_for(5ms);  // the others, or the caller, wait
      ++sum;
    });
    CHECK(sum == 3);
    std::this_thread::sleep_for(5ms);
  }
}

TEST_CASE("an exception reaches the caller after all chunks that had started") {
  const ThreadCount scope(4);
  for (int round = 0; round < 20; ++round) {
    std::atomic<int> inside{0};
    CHECK_THROWS_AS(keel::parallel_for(40, 1,
                                       [&](std::int64_t begin, std::int64_t) {
                                         ++inside;
                                         std::this_thread::yield();
                                         --inside;
                                         if (begin == 5) throw keel::Error("chunk 5");
                                       }),
                    keel::Error);
    CHECK(inside == 0);
  }
}

TEST_CASE("thread counts are checked") {
  CHECK_THROWS_WITH(keel::set_num_threads(0), ContainsSubstring("0 is not between 1 and 1024"));
}
