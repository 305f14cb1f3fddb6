#include "apps/results/results_csv.h"

#include <algorithm>
#include <string>

#include <keel/core/file.h>

#include "apps/results/statistics.h"
#include "apps/text/csv.h"

namespace keel {
namespace {

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
                                    "epochs_to_target",
                                    "seconds_to_target",
                                    "peak_tensor_bytes",
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
      << (crossing ? crossing->step : kNotMeasured) << (crossing ? crossing->epoch : kNotMeasured)
      << (crossing ? crossing->seconds : kNotMeasured) << run.peak_tensor_bytes;
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
