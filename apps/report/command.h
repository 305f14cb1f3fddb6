#pragma once
// `keel report`: the report of a comparison that has run, anew or in parts.

#include <string>

namespace keel {

struct ReportCommand {
  std::string directory;        ///< that `keel compare` has written: it holds results.json
  std::string format = "html";  ///< html, md, csv, json, svg
  std::string out{};            ///< empty: <directory>/report.html, standard output, or, for svg,
                                ///< the folder <directory>/figures
  bool diagnostics = false;     ///< csv: what --diagnostics measured, not the variants
  bool all_figures = false;     ///< svg: not only those that the page shows at first
};

/// Returns the exit code and throws Error.
int run_report(const ReportCommand& command);

}  // namespace keel
