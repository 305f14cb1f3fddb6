#include "bench/ops/peaks.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <map>
#include <utility>

#include <benchmark/benchmark.h>

#include <keel/core/parallel.h>
#include <keel/core/tensor.h>

#define KEEL_ISA_SOURCE "bench/ops/peaks.inl.h"
#include <keel/core/kernels/for_each_isa.h>

namespace keel::bench {
namespace {

using kernels::select;

// The shortest of several runs of `work` on each thread: what the machine does undisturbed.
template <class Work>
double best_seconds(int threads, Work work) {
  constexpr int kRuns = 15;
  using Clock = std::chrono::steady_clock;
  set_num_threads(threads);
  double best = INFINITY;
  for (int run = 0; run < kRuns; ++run) {
    const auto start = Clock::now();
    parallel_for(threads, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t thread = begin; thread < end; ++thread) work(thread);
    });
    best = std::min(best, std::chrono::duration<double>(Clock::now() - start).count());
  }
  return best;
}

double measure_multiply_add(int threads) {
  constexpr std::int64_t kRounds = 1 << 20;  // milliseconds
  const auto multiply_add = select(KEEL_ISA_VARIANTS(multiply_add));
  const std::int64_t operations = kRounds * select(KEEL_ISA_VARIANTS(operations_per_round))();
  const double seconds = best_seconds(
      threads, [&](std::int64_t) { benchmark::DoNotOptimize(multiply_add(kRounds, 0.5f, 0.5f)); });
  return static_cast<double>(threads * operations) / seconds;
}

double measure_copy(int threads, std::int64_t bytes) {
  constexpr std::int64_t kBytesPerRun = std::int64_t{1} << 25;  // milliseconds
  const std::int64_t n = bytes / (2 * 4) / threads;             // elements of a thread's x
  const std::int64_t repeats = std::max<std::int64_t>(1, kBytesPerRun / bytes);
  const Tensor x = Tensor::ones({threads, n});
  Tensor y = Tensor::zeros({threads, n});
  const auto scale = select(KEEL_ISA_VARIANTS(scale));
  const double seconds = best_seconds(threads, [&](std::int64_t thread) {
    for (std::int64_t i = 0; i < repeats; ++i) {
      scale(n, 0.5f, x.data<float>() + thread * n, y.mutable_data<float>() + thread * n);
      benchmark::ClobberMemory();
    }
  });
  return static_cast<double>(threads * n * 8 * repeats) / seconds;
}

}  // namespace

double multiply_add_peak(int threads) {
  static std::map<int, double> peaks;
  const auto [peak, fresh] = peaks.try_emplace(threads);
  if (fresh) peak->second = measure_multiply_add(threads);
  return peak->second;
}

double copy_peak(int threads, double bytes) {
  constexpr int kSmallest = 15, kLargest = 28;  // powers of two
  static std::map<std::pair<int, int>, double> peaks;
  const int power = std::clamp(static_cast<int>(std::ceil(std::log2(bytes))), kSmallest, kLargest);
  const auto [peak, fresh] = peaks.try_emplace({threads, power});
  if (fresh) peak->second = measure_copy(threads, std::int64_t{1} << power);
  return peak->second;
}

}  // namespace keel::bench
