#pragma once
// The results as a table beside the machine's peaks.

#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/ops/cases.h"

namespace keel::bench {

/// The columns' names among a benchmark's counters.
namespace counter {
constexpr const char* kThreads = "threads";
constexpr const char* kFlops = "flops";
constexpr const char* kBytes = "bytes";
constexpr const char* kFlopsPerSecond = "flops_per_second";
constexpr const char* kBytesPerSecond = "bytes_per_second";
constexpr const char* kComputeSeconds = "seconds_at_multiply_add_peak";
constexpr const char* kCopySeconds = "seconds_at_copy_peak";
}  // namespace counter

/// What a benchmark of the case is called.
std::string benchmark_name(const Case& c, int threads);

struct TableOptions {
  bool markdown = false;
  bool only_sums = false;
};

/// Prints each result as soon as it is there, a line each; in the end what they add up to in a step
/// of each model.
class Table : public benchmark::BenchmarkReporter {
 public:
  /// `threads`: for which peaks are shown.
  Table(const std::vector<Case>& cases, std::vector<int> threads, TableOptions options);

  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;
  void Finalize() override;

 private:
  struct Sum {
    double seconds = 0, limit = 0;
  };

  void print(const std::vector<std::string>& cells) const;
  void print_head(const std::vector<std::string>& cells) const;

  std::map<std::string, const Case*> cases_;  // by benchmark_name
  std::vector<int> threads_;
  TableOptions options_;
  std::size_t name_width_ = 0;
  std::map<std::tuple<std::string, int, std::string>, Sum> sums_;  // by model, threads, op
};

}  // namespace keel::bench
