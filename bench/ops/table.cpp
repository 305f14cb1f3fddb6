#include "bench/ops/table.h"

#include <algorithm>
#include <iostream>

#include <fmt/format.h>

#include "apps/train/environment.h"
#include "bench/ops/peaks.h"

namespace keel::bench {
namespace {

const std::vector<std::string> kHead = {"case", "threads", "ms",    "MFLOP",     "GFLOP/s",
                                        "MB",   "GB/s",    "limit", "% of limit"};

const std::vector<std::string> kSumHead = {"step's part", "threads", "ms", "ms at limit",
                                           "% of limit"};

double value_of(const benchmark::BenchmarkReporter::Run& run, const char* name) {
  return run.counters.at(name).value;
}
double seconds_of(const benchmark::BenchmarkReporter::Run& run) {
  return value_of(run, counter::kBytes) / value_of(run, counter::kBytesPerSecond);
}
// The larger of two times, as in a roofline: for the arithmetic, and for the bytes.
double limit_of(const benchmark::BenchmarkReporter::Run& run) {
  return std::max(value_of(run, counter::kComputeSeconds), value_of(run, counter::kCopySeconds));
}

std::vector<std::string> cells_of(const Case& c, const benchmark::BenchmarkReporter::Run& run) {
  const auto value = [&](const char* name) { return value_of(run, name); };
  return {c.name,
          fmt::format("{:.0f}", value(counter::kThreads)),
          fmt::format("{:.3f}", 1e3 * seconds_of(run)),
          fmt::format("{:.2f}", 1e-6 * value(counter::kFlops)),
          fmt::format("{:.1f}", 1e-9 * value(counter::kFlopsPerSecond)),
          fmt::format("{:.2f}", 1e-6 * value(counter::kBytes)),
          fmt::format("{:.1f}", 1e-9 * value(counter::kBytesPerSecond)),
          value(counter::kComputeSeconds) > value(counter::kCopySeconds) ? "FLOP" : "copy",
          fmt::format("{:.0f}", 100 * limit_of(run) / seconds_of(run))};
}

// "conv2d/resnet20/3x3-16to16-32x32/forward" -> "conv2d forward"
std::string op_and_pass(const std::string& name) {
  return name.substr(0, name.find('/')) + ' ' + name.substr(name.rfind('/') + 1);
}

}  // namespace

std::string benchmark_name(const Case& c, int threads) {
  return fmt::format("{}@{}", c.name, threads);
}

Table::Table(const std::vector<Case>& cases, std::vector<int> threads, TableOptions options)
    : threads_(std::move(threads)), options_(options) {
  for (const Case& c : cases) {
    for (const int count : threads_) cases_[benchmark_name(c, count)] = &c;
  }
}

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
  if (!options_.only_sums) print_head(kHead);
  return true;
}

void Table::ReportRuns(const std::vector<Run>& runs) {
  for (const Run& run : runs) {
    if (run.run_type != Run::RT_Iteration) continue;
    const Case& c = *cases_.at(run.run_name.function_name);
    if (!options_.only_sums) print(cells_of(c, run));
    if (c.count == 0) continue;
    const int threads = static_cast<int>(value_of(run, counter::kThreads));
    Sum& sum = sums_[{c.model, threads, op_and_pass(c.name)}];
    sum.seconds += c.count * seconds_of(run);
    sum.limit += c.count * limit_of(run);
  }
  std::cout << std::flush;
}

void Table::Finalize() {
  if (sums_.empty()) return;
  if (!options_.only_sums) std::cout << '\n';
  print_head(kSumHead);
  for (const auto& [what, sum] : sums_) {
    const auto& [model, threads, op] = what;
    print({fmt::format("{}, {}", model, op), fmt::format("{}", threads),
           fmt::format("{:.2f}", 1e3 * sum.seconds), fmt::format("{:.2f}", 1e3 * sum.limit),
           fmt::format("{:.0f}", 100 * sum.limit / sum.seconds)});
  }
}

void Table::print(const std::vector<std::string>& cells) const {
  if (options_.markdown) {
    for (const std::string& cell : cells) std::cout << "| " << cell << ' ';
    std::cout << "|\n";
    return;
  }
  std::cout << fmt::format("{:<{}}", cells[0], name_width_);
  for (std::size_t i = 1; i < cells.size(); ++i) std::cout << fmt::format("{:>12}", cells[i]);
  std::cout << '\n';
}

void Table::print_head(const std::vector<std::string>& cells) const {
  print(cells);
  if (options_.markdown) print(std::vector<std::string>(cells.size(), "---"));
}

}  // namespace keel::bench
