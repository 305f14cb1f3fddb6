#pragma once
// What the programs that time another framework's training steps share: their options and their
// one line of JSON, as bench/versus.py calls and reads them. Nothing of Keel is linked: the memory
// is the framework's.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include <sys/resource.h>

namespace steps {

constexpr int kClasses = 10;
constexpr float kRate = 1e-3f, kMomentum = 0.9f, kWeightDecay = 5e-4f;  // as keel bench has them

struct Options {
  std::string model, norm;
  int batch = 0, threads = 0, steps = 0;
  bool on_request = false;  // one measurement for each line of standard input
};

inline Options read_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; i += 2) {
    const std::string name = argv[i], value = i + 1 < argc ? argv[i + 1] : "";
    if (name == "--on-request") {
      options.on_request = true;
      --i;
    } else if (name == "--model") {
      options.model = value;
    } else if (name == "--norm") {
      options.norm = value;
    } else if (name == "--batch-size") {
      options.batch = std::atoi(value.c_str());
    } else if (name == "--threads") {
      options.threads = std::atoi(value.c_str());
    } else if (name == "--steps") {
      options.steps = std::atoi(value.c_str());
    } else {
      throw std::runtime_error(name + ": not an option");
    }
  }
  if (options.batch < 1 || options.threads < 1 || options.steps < 1) {
    throw std::runtime_error("--batch-size, --threads and --steps must be given, at least 1 each");
  }
  return options;
}

[[noreturn]] inline void unknown_model(const Options& options) {
  throw std::runtime_error(options.model + " with norm " + options.norm + " is not built here");
}

/// Prints the median of the times, on one line.
inline void report(const Options& options, const std::string& framework,
                   std::vector<double> seconds) {
  std::sort(seconds.begin(), seconds.end());
  const double median = seconds[seconds.size() / 2];
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf(R"({"framework": "%s", "images_per_second": %.6g, "step_ms_median": %.6g, )"
              R"("peak_memory_bytes": %lld})"
              "\n",
              framework.c_str(), options.batch / median, 1e3 * median, 1024LL * usage.ru_maxrss);
  std::fflush(stdout);
}

/// Reports what measure() returns, the seconds of each step: once, or whenever it is asked for.
template <class Measure>
void serve(const Options& options, const std::string& framework, Measure measure) {
  if (!options.on_request) return report(options, framework, measure());
  for (std::string line; std::getline(std::cin, line);) report(options, framework, measure());
}

constexpr int kWarmUp = 2;
using Clock = std::chrono::steady_clock;

/// Calls step() a few times to warm up, then times it.
template <class Step>
std::vector<double> time_steps(const Options& options, Step step) {
  std::vector<double> seconds;
  for (int i = 0; i < kWarmUp + options.steps; ++i) {
    const auto start = Clock::now();
    step();
    if (i >= kWarmUp)
      seconds.push_back(std::chrono::duration<double>(Clock::now() - start).count());
  }
  return seconds;
}

/// The body of main(): errors go to standard error and give code 2.
template <class Run>
int run_main(int argc, char** argv, Run run) {
  try {
    run(read_options(argc, argv));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", argv[0], error.what());
    return 2;
  }
}

}  // namespace steps
