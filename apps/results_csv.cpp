#include "apps/results_csv.h"

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

constexpr const char* kHeader =
    "id,norm,lr,batch_size,seed,status,parameters,epochs,steps,seconds,train_loss,train_accuracy,"
    "test_loss,test_accuracy,images_per_second,steps_to_target,seconds_to_target,"
    "peak_memory_bytes,diverged_step,diverged_layer,directory,command\r\n";

std::string run_line(const Run& run, const std::optional<double>& target_accuracy) {
  const EpochResult last = run.epochs.empty() ? EpochResult{} : run.epochs.back();
  const auto crossing = target_accuracy ? first_crossing(run, *target_accuracy) : std::nullopt;
  CsvRow row;
  row << run.id << run.norm << run.lr << run.batch_size << run.seed << run_status_name(run.status)
      << run.parameters << last.epoch << last.step << last.seconds << last.train_loss
      << last.train_accuracy << last.test_loss << last.test_accuracy << last.images_per_second
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
  std::string text = kHeader;
  for (const Run& run : comparison.runs) text += run_line(run, comparison.target_accuracy);
  write_file_atomically(path, text);
}

}  // namespace keel
