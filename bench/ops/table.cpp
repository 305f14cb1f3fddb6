#include "bench/ops/table.h"

#include <iostream>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "apps/train/environment.h"

namespace keel::bench {
namespace {

const std::vector<std::string> kHead = {"case", "threads", "ms",    "MFLOP",     "GFLOP/s",
                                        "MB",   "GB/s",    "limit", "% of limit"};

const std::vector<std::string> kSumHead = {"step's part", "threads", "ms", "ms at limit",
                                           "% of limit"};

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
  return true;
}

void Table::ReportRuns(const std::vector<Run>& runs) {
  for (const Run& run : runs) {
    if (run.run_type != Run::RT_Iteration) continue;
    const auto value = [&](const char* name) { return run.counters.at(name).value; };
    const std::string& name = run.run_name.function_name;
    results_.push_back(
        {cases_.at(name), static_cast<int>(value(counter::kThreads)), value(counter::kSeconds)});
    const Work& work = results_.back().timed->work;
    peaks_.measure(results_.back().threads, work.bytes_held(), work.in_place);
    std::cerr << fmt::format("{:>9.3f} ms  {}\n", 1e3 * results_.back().seconds, name);
  }
}

void Table::Finalize() {
  if (results_.empty()) return;
  print_context();
  if (!options_.only_sums) {
    print_head(kHead);
    for (const Result& result : results_) print(cells_of(result));
    std::cout << '\n';
  }
  print_sums();
}

Table::Limit Table::limit_of(const Result& result) const {
  const Work& work = result.timed->work;
  return {work.flops_used() / peaks_.multiply_add(result.threads),
          work.bytes / peaks_.copy(result.threads, work.bytes_held(), work.in_place)};
}

std::vector<std::string> Table::cells_of(const Result& result) const {
  const Work& work = result.timed->work;
  const Limit limit = limit_of(result);
  return {result.timed->name,
          fmt::format("{}", result.threads),
          fmt::format("{:.3f}", 1e3 * result.seconds),
          fmt::format("{:.2f}", 1e-6 * work.flops),
          fmt::format("{:.1f}", 1e-9 * work.flops / result.seconds),
          fmt::format("{:.2f}", 1e-6 * work.bytes),
          fmt::format("{:.1f}", 1e-9 * work.bytes / result.seconds),
          limit.compute > limit.copy ? "FLOP" : "copy",
          fmt::format("{:.0f}", 100 * limit.seconds() / result.seconds)};
}

void Table::print_context() {
  const auto environment = environment_json();
  std::cout << fmt::format("{}, {}\n{}\n", environment["cpu"].get<std::string>(),
                           environment["time"].get<std::string>(), version_text());
  constexpr double kBeyondCaches = 1e9;
  for (const int threads : threads_) {
    for (const bool in_place : {false, true}) peaks_.measure(threads, kBeyondCaches, in_place);
    std::cout << fmt::format(
        "peak of {} thread{}: {:.0f} GFLOP/s, copying memory {:.1f} GB/s, in place {:.1f} GB/s\n",
        threads, threads == 1 ? "" : "s", 1e-9 * peaks_.multiply_add(threads),
        1e-9 * peaks_.copy(threads, kBeyondCaches, false),
        1e-9 * peaks_.copy(threads, kBeyondCaches, true));
  }
  std::cout << '\n';
}

void Table::print_sums() const {
  std::map<std::tuple<std::string, int, std::string>, Sum> sums;  // by model, threads, op
  for (const Result& result : results_) {
    const Case& c = *result.timed;
    if (c.count == 0) continue;
    Sum& sum = sums[{c.model, result.threads, op_and_pass(c.name)}];
    sum.seconds += c.count * result.seconds;
    sum.limit += c.count * limit_of(result).seconds();
  }
  if (sums.empty()) return;
  print_head(kSumHead);
  for (const auto& [what, sum] : sums) {
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
