#pragma once
// The results as a table beside the machine's peaks.

#include <string>
#include <vector>

#include <benchmark/benchmark.h>

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

/// Prints each result as soon as it is there, a line each.
class Table : public benchmark::BenchmarkReporter {
 public:
  /// `threads`: for which peaks are shown.
  Table(std::vector<int> threads, bool markdown)
      : threads_(std::move(threads)), markdown_(markdown) {}

  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;

 private:
  void print(const std::vector<std::string>& cells) const;

  std::vector<int> threads_;
  bool markdown_;
  std::size_t name_width_ = 0;
};

}  // namespace keel::bench
