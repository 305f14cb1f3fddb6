// Times Keel's ops one by one and holds each against what the machine can do.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <keel/core/parallel.h>

#include "bench/ops/cases.h"
#include "bench/ops/errors.h"
#include "bench/ops/table.h"

namespace keel::bench {
namespace {

constexpr const char* kHelp =
    R"(Times Keel's ops one by one, on one thread and on several, beside the machine's own peaks.

  --threads=N    how many "several" are [KEEL_THREADS, else the physical cores]
  --quick        a tenth of the time, less exact
  --markdown     the table for a document
  --sums         only what the cases add up to in a step of each model
  --errors       instead of times, the relative errors of float32 against float64
  --list         the cases' names
  --benchmark_...  Google Benchmark's: --benchmark_filter=REGEX chooses cases,
                 --benchmark_min_time=SECONDS is spent on each, --benchmark_out=FILE writes JSON

Examples:
  ops --quick --benchmark_filter=conv2d/resnet20
  ops --threads=4 --benchmark_filter='normalize/batch.*backward'
  ops --sums --benchmark_filter=/vgg-small/
  ops --errors --benchmark_filter=conv2d/resnet20

Columns: FLOPs and bytes are counted, not measured: the multiply-adds of the direct algorithm (two
each), and each array once or as often as must be. The limit is the slower of both at the machine's
peak: multiply-adds in registers, and copying arrays as large as the op's, or in place where the op
overwrites one. Where Winograd's convolution is in use, the limit is that of its own products, which
are fewer, without its transforms. The second table adds up what the cases take in a step of each
model, with batch norm.
)";

struct Options {
  int threads = num_threads();
  bool quick = false, markdown = false, sums = false, errors = false, list = false;
};

// Takes what is ours out of the arguments.
Options read_options(int& argc, char** argv) {
  constexpr std::string_view kThreads = "--threads=";
  Options options;
  const auto ours = [&](std::string_view arg) {
    if (arg == "--help") {
      std::cout << kHelp;
      std::exit(0);
    }
    if (arg == "--quick") return options.quick = true;
    if (arg == "--markdown") return options.markdown = true;
    if (arg == "--sums") return options.sums = true;
    if (arg == "--errors") return options.errors = true;
    if (arg == "--list") return options.list = true;
    if (arg.substr(0, kThreads.size()) != kThreads) return false;
    options.threads = std::atoi(arg.data() + kThreads.size());
    set_num_threads(options.threads);  // refuses what cannot be
    return true;
  };
  char** end = std::remove_if(argv + 1, argv + argc, ours);
  *end = nullptr;
  argc = static_cast<int>(end - argv);
  return options;
}

std::vector<Case> all_cases() {
  std::vector<Case> all;
  for (const auto& family :
       {conv_cases, dense_cases, normalize_cases, reduce_cases, elementwise_cases, pool_cases,
        layout_cases, loss_cases, optimizer_cases, data_cases}) {
    const std::vector<Case> cases = family();
    all.insert(all.end(), cases.begin(), cases.end());
  }
  return all;
}

// The benchmark library calls several times with more and more iterations: the inputs stay.
Timed& made(const Case& c) {
  static const Case* current = nullptr;
  static Timed timed;
  if (current != &c) {
    timed = {};
    timed = c.make();
    current = &c;
  }
  return timed;
}

void time_case(benchmark::State& state, const Case& c, int threads) {
  using Clock = std::chrono::steady_clock;
  set_num_threads(threads);
  const Timed& timed = made(c);
  timed.before();
  timed.run();  // takes its memory
  std::vector<double> seconds;
  for ([[maybe_unused]] auto _ : state) {
    timed.before();
    const auto start = Clock::now();
    timed.run();
    seconds.push_back(std::chrono::duration<double>(Clock::now() - start).count());
    state.SetIterationTime(seconds.back());
  }
  // The library's own time is the mean, which other work on the machine makes longer.
  const auto middle = seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2);
  std::nth_element(seconds.begin(), middle, seconds.end());
  state.counters[counter::kThreads] = threads;
  state.counters[counter::kFlops] = c.work.flops;
  state.counters[counter::kBytes] = c.work.bytes;
  state.counters[counter::kSeconds] = *middle;
}

int run(int argc, char** argv) {
  const Options options = read_options(argc, argv);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  const std::vector<Case> cases = all_cases();
  if (options.errors) {
    print_errors(cases, benchmark::GetBenchmarkFilter(), options.markdown);
    return 0;
  }
  std::vector<int> threads = {1};
  if (options.threads > 1) threads.push_back(options.threads);
  for (const Case& c : cases) {
    if (options.list) std::cout << c.name << '\n';
    for (const int count : threads) {
      auto* registered = benchmark::RegisterBenchmark(
          benchmark_name(c, count).c_str(),
          [&c, count](benchmark::State& state) { time_case(state, c, count); });
      registered->UseManualTime();
      if (options.quick) registered->MinTime(0.05);
    }
  }
  if (options.list) return 0;
  Table table(cases, threads, {.markdown = options.markdown, .only_sums = options.sums});
  return benchmark::RunSpecifiedBenchmarks(&table) > 0 ? 0 : 2;
}

}  // namespace
}  // namespace keel::bench

int main(int argc, char** argv) {
  try {
    return keel::bench::run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "ops: " << error.what() << '\n';
    return 1;
  }
}
