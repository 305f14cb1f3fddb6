#pragma once
// The command line of `keel`: from arguments to what is to be done.

#include <string>
#include <variant>
#include <vector>

#include "apps/bench.h"
#include "apps/compare/comparison_plan.h"
#include "apps/data_commands.h"
#include "apps/eval.h"
#include "apps/fold.h"
#include "apps/norms.h"
#include "apps/predict.h"
#include "apps/report/command.h"
#include "apps/reproduce/reproduce.h"
#include "apps/summary.h"
#include "apps/train/train_config.h"

namespace keel {

/// Nothing to do but to print: --help, --version, or no subcommand at all.
struct PrintCommand {
  std::string text;
};

using Command =
    std::variant<PrintCommand, TrainCommand, CompareCommand, EvalCommand, PredictCommand,
                 SummaryCommand, BenchCommand, DataListCommand, DataShowCommand, DataGetCommand,
                 NormsCommand, FoldCommand, ReportCommand, ReproduceCommand>;

/// `arguments` are without the program's name. Settings come from the flags, before them from the
/// environment, before it from the file that --config names, before it from the defaults.
/// Throws Error for what cannot be understood, with the nearest of what could.
Command parse_command_line(const std::vector<std::string>& arguments);

}  // namespace keel
