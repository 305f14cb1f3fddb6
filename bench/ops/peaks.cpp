#include "bench/ops/peaks.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>

#include <benchmark/benchmark.h>

#include <keel/core/parallel.h>
#include <keel/core/tensor.h>

#define KEEL_ISA_SOURCE "bench/ops/peaks.inl.h"
#include <keel/core/kernels/for_each_isa.h>

namespace keel::bench {
namespace {

using kernels::select;

constexpr int kFirstRuns = 15, kFurtherRuns = 2;

// The shortest of several runs of `work` on each thread: what the machine does undisturbed.
template <class Work>
double best_seconds(int threads, int runs, Work work) {
  using Clock = std::chrono::steady_clock;
  set_num_threads(threads);
  double best = INFINITY;
  for (int run = 0; run < runs; ++run) {
    const auto start = Clock::now();
    parallel_for(threads, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t thread = begin; thread < end; ++thread) work(thread);
    });
    best = std::min(best, std::chrono::duration<double>(Clock::now() - start).count());
  }
  return best;
}

double measure_multiply_add(int threads, int runs) {
  constexpr std::int64_t kRounds = 1 << 20;  // milliseconds
  const auto multiply_add = select(KEEL_ISA_VARIANTS(multiply_add));
  const std::int64_t operations = kRounds * select(KEEL_ISA_VARIANTS(operations_per_round))();
  const double seconds = best_seconds(threads, runs, [&](std::int64_t) {
    benchmark::DoNotOptimize(multiply_add(kRounds, 0.5f, 0.5f));
  });
  return static_cast<double>(threads * operations) / seconds;
}

double measure_copy(int threads, std::int64_t bytes, bool in_place, int runs) {
  constexpr std::int64_t kBytesPerRun = std::int64_t{1} << 25;      // milliseconds
  const std::int64_t n = bytes / (in_place ? 4 : 2 * 4) / threads;  // elements of a thread's x
  const std::int64_t moved = 2 * 4 * n * threads;
  const std::int64_t repeats = std::max<std::int64_t>(1, kBytesPerRun / moved);
  Tensor x = Tensor::ones({threads, n});
  Tensor y = in_place ? x : Tensor::zeros({threads, n});
  const auto scale =
      in_place ? select(KEEL_ISA_VARIANTS(scale_in_place)) : select(KEEL_ISA_VARIANTS(scale));
  const float* from = x.data<float>();
  float* to = y.mutable_data<float>();
  const double seconds = best_seconds(threads, runs, [&](std::int64_t thread) {
    for (std::int64_t i = 0; i < repeats; ++i) {
      scale(n, 0.999f, from + thread * n, to + thread * n);
      benchmark::ClobberMemory();
    }
  });
  return static_cast<double>(moved * repeats) / seconds;
}

// Raises the peak under this key to what measure(runs) finds.
template <class Map, class Measure>
void raise(Map& peaks, const typename Map::key_type& key, Measure measure) {
  const auto [peak, fresh] = peaks.try_emplace(key, 0);
  peak->second = std::max(peak->second, measure(fresh ? kFirstRuns : kFurtherRuns));
}

int size_class(double bytes) {
  constexpr int kSmallest = 15, kLargest = 28;  // powers of two
  return std::clamp(static_cast<int>(std::ceil(std::log2(bytes))), kSmallest, kLargest);
}

}  // namespace

void Peaks::measure(int threads, double bytes, bool in_place) {
  raise(multiply_add_, threads, [=](int runs) { return measure_multiply_add(threads, runs); });
  const int power = size_class(bytes);
  raise(copy_, {threads, power, in_place},
        [=](int runs) { return measure_copy(threads, std::int64_t{1} << power, in_place, runs); });
}

double Peaks::copy(int threads, double bytes, bool in_place) const {
  return copy_.at({threads, size_class(bytes), in_place});
}

}  // namespace keel::bench
