#include <memory>

#include <keel/core/error.h>

#include "apps/options/flags.h"
#include "apps/options/subcommands.h"
#include "apps/report/command.h"

namespace keel {

void add_report(CLI::App& program, Command& result) {
  CLI::App* app =
      program.add_subcommand("report", "write a comparison's report anew, or parts of it");
  app->footer(
      "Examples:\n"
      "  keel report comparisons/demo\n"
      "  keel report comparisons/demo --format md > results.md\n"
      "  keel report comparisons/demo --format svg --out figures");
  const auto command = std::make_shared<ReportCommand>();
  app->add_option("DIR", command->directory, "a folder that keel compare has written")->required();
  add_flag_to(command->format, *app, "format", Name{{"html", "md", "csv", "json", "svg"}},
              "the page; finding and tables as Markdown; the variants as CSV, or with what "
              "--diagnostics measured as JSON; figures");
  add_flag_to(command->out, *app, "out", FreeText{"FILE"},
              "where to; empty: DIR/report.html, or standard output; for svg a folder, empty: "
              "DIR/figures");
  app->add_flag("--diagnostics", command->diagnostics,
                "with csv: what keel compare --diagnostics measured, in place of the variants");
  app->add_flag("--all-figures", command->all_figures,
                "with svg: every figure, not only those that the page shows at first");
  app->callback([command, &result] {
    check(command->format == "svg" || !command->all_figures,
          "--all-figures: expected --format svg, got {}", command->format);
    check(command->format == "csv" || !command->diagnostics,
          "--diagnostics: expected --format csv, got {}", command->format);
    result = *command;
  });
}

}  // namespace keel
