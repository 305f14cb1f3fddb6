#include <memory>

#include "apps/options/flags.h"
#include "apps/options/subcommands.h"
#include "apps/text/shell.h"

namespace keel {

void add_reproduce(CLI::App& program, const std::vector<std::string>& arguments, Command& result) {
  CLI::App* app =
      program.add_subcommand("reproduce", "repeat a paper's experiment, and judge its claim");
  app->footer(
      "Without NAME the experiments are listed. The thresholds of the verdict are told\n"
      "before the runs, which are a comparison's: what is finished is not run again, and\n"
      "the same command goes on where it was stopped.\n"
      "\n"
      "Examples:\n"
      "  keel reproduce\n"
      "  keel reproduce init-scale\n"
      "  keel reproduce wu2018-batch-size --budget full --data-dir ~/data");
  const auto command = std::make_shared<ReproduceCommand>();
  const auto budget = std::make_shared<std::string>(budget_name(command->budget));
  app->add_option("NAME", command->name, "the experiment; list, or nothing: tell all");
  add_flag_to(*budget, *app, "budget", Name{{"quick", "full"}},
              "quick: what ten minutes on two cores can show; full: the whole protocol");
  add_flag_to(command->seeds, *app, "seeds", from_to(1, 1000), "how many runs of each variant");
  add_flag_to(command->jobs, *app, "jobs", from_to(1, 256), "runs that train at the same time");
  add_flag_to(command->threads, *app, "threads", from_to(0, 1024), "0: the physical cores");
  add_flag_to(command->data_dir, *app, "data-dir", FreeText{"DIR"},
              "where the published set lies; empty: in $KEEL_DATA or ~/.cache/keel, and where it "
              "is not there a set that Keel draws takes its place");
  add_flag_to(command->out, *app, "out", FreeText{"DIR"},
              "where runs, report and verdict go; empty: reproductions/<name>-<budget>");
  add_output_flags(*app, command->quiet, command->no_color, command->dry_run);
  app->callback([command, budget, arguments, &result] {
    command->budget = *budget == "full" ? Budget::kFull : Budget::kQuick;
    command->command_line = "keel " + shell_line(arguments);
    result = *command;
  });
}

}  // namespace keel
