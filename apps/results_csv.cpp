#include "apps/results_csv.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

#include <keel/core/file.h>

#include "apps/statistics.h"

namespace keel {
namespace {

class CsvRow {
 public:
  CsvRow& operator<<(std::string_view text) {
    const std::string_view quote =
        text.find_first_of(",\"\r\n") == std::string_view::npos ? "" : "\"";
    line_ += separator_;
    line_ += quote;
    for (const char c : text) line_.append(c == '"' ? 2 : 1, c);
    line_ += quote;
    separator_ = ",";
    return *this;
  }
  CsvRow& operator<<(double value) {
    return *this << std::string_view(std::isfinite(value) ? fmt::format("{}", value) : "");
  }
  CsvRow& operator<<(std::int64_t value) {
    return *this << std::string_view(fmt::format("{}", value));
  }
  CsvRow& operator<<(std::uint64_t value) {
    return *this << std::string_view(fmt::format("{}", value));
  }

  std::string line() const { return line_ + "\r\n"; }

 private:
  std::string line_;
  std::string_view separator_;
};

constexpr const char* kColumns[] = {"seed",
                                    "status",
                                    "parameters",
                                    "epochs",
                                    "steps",
                                    "seconds",
                                    "train_loss",
                                    "train_accuracy",
                                    "test_loss",
                                    "test_accuracy",
                                    "accuracy_area",
                                    "images_per_second",
                                    "steps_to_target",
                                    "seconds_to_target",
                                    "peak_memory_bytes",
                                    "diverged_step",
                                    "diverged_layer",
                                    "directory",
                                    "command"};

std::string header_line(const Comparison& comparison) {
  CsvRow row;
  row << "id";
  for (std::string name : comparison.axes) {
    std::replace(name.begin(), name.end(), '-', '_');
    row << name;
  }
  for (const char* column : kColumns) row << column;
  return row.line();
}

std::string run_line(const Comparison& comparison, const Run& run) {
  const EpochResult last = run.epochs.empty() ? EpochResult{} : run.epochs.back();
  const auto& target = comparison.target_accuracy;
  const auto crossing = target ? first_crossing(run, *target) : std::nullopt;
  CsvRow row;
  row << run.id;
  for (const std::string& axis : comparison.axes) row << run.settings.at(axis);
  row << run.seed << run_status_name(run.status) << run.parameters << last.epoch << last.step
      << last.seconds << last.train_loss << last.train_accuracy << last.test_loss
      << last.test_accuracy << accuracy_area(run) << last.images_per_second
      << (crossing ? crossing->step : kNotMeasured) << (crossing ? crossing->seconds : kNotMeasured)
      << run.peak_memory_bytes;
  if (run.diverged) {
    row << run.diverged->step << run.diverged->layer;
  } else {
    row << ""
        << "";
  }
  row << run.directory << run.command;
  return row.line();
}

}  // namespace

void write_results_csv(const Comparison& comparison, const std::filesystem::path& path) {
  std::string text = header_line(comparison);
  for (const Run& run : comparison.runs) text += run_line(comparison, run);
  write_file_atomically(path, text);
}

}  // namespace keel
