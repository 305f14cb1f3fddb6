#include "bench/ops/table.h"

#include <algorithm>
#include <iostream>

#include <fmt/core.h>

#include "apps/environment.h"
#include "bench/ops/peaks.h"

namespace keel::bench {
namespace {

const std::vector<std::string> kHead = {"case", "threads", "ms",    "MFLOP",     "GFLOP/s",
                                        "MB",   "GB/s",    "limit", "% of limit"};

// The limit is the larger of two times, as in a roofline: for the arithmetic, and for the bytes.
std::vector<std::string> cells_of(const benchmark::BenchmarkReporter::Run& run) {
  const auto value = [&](const char* name) { return run.counters.at(name).value; };
  const double seconds = value(counter::kBytes) / value(counter::kBytesPerSecond);
  const double compute = value(counter::kComputeSeconds), copy = value(counter::kCopySeconds);
  return {run.run_name.function_name.substr(0, run.run_name.function_name.rfind('@')),
          fmt::format("{:.0f}", value(counter::kThreads)),
          fmt::format("{:.3f}", 1e3 * seconds),
          fmt::format("{:.2f}", 1e-6 * value(counter::kFlops)),
          fmt::format("{:.1f}", 1e-9 * value(counter::kFlopsPerSecond)),
          fmt::format("{:.2f}", 1e-6 * value(counter::kBytes)),
          fmt::format("{:.1f}", 1e-9 * value(counter::kBytesPerSecond)),
          compute > copy ? "FLOP" : "copy",
          fmt::format("{:.0f}", 100 * std::max(compute, copy) / seconds)};
}

}  // namespace

bool Table::ReportContext(const Context& context) {
  name_width_ = context.name_field_width;
  const auto environment = environment_json();
  std::cout << fmt::format("{}, {}\n{}\n", environment["cpu"].get<std::string>(),
                           environment["time"].get<std::string>(), version_text());
  constexpr double kBeyondCaches = 1e9;
  for (const int threads : threads_) {
    std::cout << fmt::format("peak of {} thread{}: {:.0f} GFLOP/s, copying memory {:.1f} GB/s\n",
                             threads, threads == 1 ? "" : "s", 1e-9 * multiply_add_peak(threads),
                             1e-9 * copy_peak(threads, kBeyondCaches));
  }
  std::cout << '\n';
  print(kHead);
  if (markdown_) print(std::vector<std::string>(kHead.size(), "---"));
  return true;
}

void Table::ReportRuns(const std::vector<Run>& runs) {
  for (const Run& run : runs) {
    if (run.run_type == Run::RT_Iteration) print(cells_of(run));
  }
  std::cout << std::flush;
}

void Table::print(const std::vector<std::string>& cells) const {
  if (markdown_) {
    for (const std::string& cell : cells) std::cout << "| " << cell << ' ';
    std::cout << "|\n";
    return;
  }
  std::cout << fmt::format("{:<{}}", cells[0], name_width_);
  for (std::size_t i = 1; i < cells.size(); ++i) std::cout << fmt::format("{:>11}", cells[i]);
  std::cout << '\n';
}

}  // namespace keel::bench
