#pragma once
// The results as a table beside the machine's peaks.

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/ops/cases.h"
#include "bench/ops/peaks.h"

namespace keel::bench {

/// The columns' names among a benchmark's counters.
namespace counter {
constexpr const char* kThreads = "threads";
constexpr const char* kFlops = "flops";
constexpr const char* kBytes = "bytes";
constexpr const char* kSeconds = "median_seconds";
}  // namespace counter

/// What a benchmark of the case is called.
std::string benchmark_name(const Case& c, int threads);

struct TableOptions {
  bool markdown = false;
  bool only_sums = false;
};

/// Names what has been timed on the standard error; in the end prints the results, a line each, and
/// what they add up to in a step of each model. Not before: a peak may still turn out higher.
class Table : public benchmark::BenchmarkReporter {
 public:
  /// `threads`: for which peaks are shown.
  Table(const std::vector<Case>& cases, std::vector<int> threads, TableOptions options);

  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;
  void Finalize() override;

 private:
  struct Result {
    const Case* timed;
    int threads;
    double seconds;
  };
  // The larger of two times, as in a roofline: for the arithmetic, and for the bytes.
  struct Limit {
    double compute, copy;

    double seconds() const { return std::max(compute, copy); }
  };
  struct Sum {
    double seconds = 0, limit = 0;
  };

  Limit limit_of(const Result& result) const;
  std::vector<std::string> cells_of(const Result& result) const;
  void print_context();
  void print_sums() const;
  void print(const std::vector<std::string>& cells) const;
  void print_head(const std::vector<std::string>& cells) const;

  std::map<std::string, const Case*> cases_;  // by benchmark_name
  std::vector<int> threads_;
  TableOptions options_;
  Peaks peaks_;
  std::size_t name_width_ = 0;
  std::vector<Result> results_;
};

}  // namespace keel::bench
