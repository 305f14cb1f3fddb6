#include "apps/report/command.h"

#include <filesystem>
#include <iostream>

#include <keel/core/error.h>
#include <keel/core/file.h>

#include "apps/exit_code.h"
#include "apps/report/formats.h"
#include "apps/report/report.h"
#include "apps/text/terminal.h"
#include "apps/train/run_directory.h"

namespace keel {
namespace {

namespace fs = std::filesystem;

// What results.json has of a run counts for no more than its log, where that is at hand: one that
// lost lines is of a run that `keel compare` would train anew.
void heed_log(Run& run, const fs::path& folder) {
  if (run.status != RunStatus::kCompleted || !RunDirectory::exists(folder)) return;
  try {
    if (read_run(folder).status != RunStatus::kCompleted) run.status = RunStatus::kInterrupted;
  } catch (const Error& error) {
    run.status = RunStatus::kFailed;
    run.failure = error.what();
  }
}

Comparison comparison_in(const fs::path& directory) {
  const fs::path results = directory / "results.json";
  check_data(fs::exists(results),
             "{}: holds no results.json; expected a folder that `keel compare` has written (--out)",
             directory.string());
  Comparison comparison = read_results(results);
  const bool goes_on = is_locked(directory);
  for (Run& run : comparison.runs) {
    // Of a comparison that was killed, or whose folder was copied: nobody is at it.
    if (run.status == RunStatus::kRunning && !goes_on) run.status = RunStatus::kInterrupted;
    heed_log(run, directory / run.directory);
  }
  return comparison;
}

// Those that nobody is known to be working on.
void tell_incomplete_runs(const Comparison& comparison) {
  for (const Run& run : comparison.runs) {
    if (run.status == RunStatus::kInterrupted) {
      complain("warning",
               fmt::format("run {} is incomplete: the same keel compare goes on with it", run.id));
    }
    if (run.failure) complain("warning", fmt::format("run {} failed: {}", run.id, *run.failure));
  }
}

void write_figures(const Comparison& comparison, const fs::path& folder, bool all) {
  make_folder(folder);
  for (const FigureFile& file : report_svgs(comparison, all)) {
    write_file_atomically(folder / file.name, file.svg);
    std::cout << (folder / file.name).string() << '\n';
  }
}

void check_is_file(const fs::path& path) {
  check_data(path.has_filename() && !fs::is_directory(path),
             "{}: is a folder, expected the name of a file in it", path.string());
}

std::string text_of(const Comparison& comparison, const ReportCommand& command) {
  if (command.format == "md") return report_markdown(comparison);
  if (command.format == "json") return report_json(comparison);
  if (!command.diagnostics) return report_csv(comparison);
  std::string text = diagnostics_csv(comparison);
  check_data(!text.empty(),
             "{}: nothing was measured beside the training; keel compare "
             "--diagnostics does",
             command.directory);
  return text;
}

}  // namespace

int run_report(const ReportCommand& command) {
  const fs::path directory = command.directory;
  const Comparison comparison = comparison_in(directory);
  tell_incomplete_runs(comparison);
  const auto out = [&](const char* usual) {
    return command.out.empty() ? directory / usual : fs::path(command.out);
  };
  if (command.format != "svg" && !command.out.empty()) check_is_file(command.out);
  if (command.format == "html") {
    write_report(comparison, out("report.html"));
    std::cout << out("report.html").string() << '\n';
  } else if (command.format == "svg") {
    write_figures(comparison, out("figures"), command.all_figures);
  } else if (command.out.empty()) {
    std::cout << text_of(comparison, command);
  } else {
    write_file_atomically(command.out, text_of(comparison, command));
  }
  return kExitDone;
}

}  // namespace keel
