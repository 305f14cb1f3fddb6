#pragma once
// A comparison that takes a second, and what came of it.

#include <filesystem>
#include <map>
#include <string>

#include <keel/core/file.h>

#include "apps/compare/compare.h"
#include "apps/results/results.h"
#include "tests/support/captured_output.h"
#include "tests/support/test.h"

namespace keel::testing {

/// Two normalisations and two seeds: four runs of a fraction of a second.
inline CompareCommand small_grid(const std::filesystem::path& out) {
  CompareCommand command;
  command.base.limit_train = 96;
  command.base.limit_test = 50;
  command.base.batch_size = 32;
  command.base.epochs = 2;
  command.axes = {{"norm", {"none", "batch"}}};
  command.seeds = 2;
  command.out = out.string();
  command.command_line = "keel compare";
  return command;
}

struct Result {
  int code;
  std::string out, err;
};

inline Result compare(const CompareCommand& command) {
  const CapturedOutput output;
  const int code = run_compare(command);
  return {code, output.out(), output.err()};
}

inline std::string complaint(const CompareCommand& command) {
  try {
    compare(command);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kInvalid);
    return error.what();
  }
  return "no error";
}

/// Every file of the runs with its content.
inline std::map<std::filesystem::path, std::string> run_files(const std::filesystem::path& out) {
  std::map<std::filesystem::path, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(out / "runs")) {
    if (entry.is_regular_file()) files[entry.path()] = read_file(entry.path());
  }
  return files;
}

/// What two comparisons of the same grid share.
inline Comparison without_times(const std::filesystem::path& out) {
  Comparison comparison = read_results(out / "results.json");
  comparison.created.clear();
  for (Run& run : comparison.runs) {
    run.peak_tensor_bytes = 0;
    for (EpochResult& epoch : run.epochs) epoch.seconds = epoch.images_per_second = 0;
  }
  return comparison;
}

}  // namespace keel::testing
