#include "apps/program.h"

#include <exception>
#include <iostream>
#include <variant>

#include "apps/compare/compare.h"
#include "apps/exit_code.h"
#include "apps/failure.h"
#include "apps/options/options.h"
#include "apps/options/unread_variables.h"
#include "apps/text/terminal.h"
#include "apps/train/environment.h"
#include "apps/train/train.h"

namespace keel {
namespace {

int run(const PrintCommand& command) {
  std::cout << command.text;
  return kExitDone;
}
int run(const TrainCommand& command) {
  return run_train(command);
}
int run(const CompareCommand& command) {
  return run_compare(command);
}
int run(const ReportCommand& command) {
  return run_report(command);
}
int run(const ReproduceCommand& command) {
  return run_reproduce(command);
}
int run(const EvalCommand& command) {
  return run_eval(command);
}
int run(const PredictCommand& command) {
  return run_predict(command);
}
int run(const SummaryCommand& command) {
  return run_summary(command);
}
int run(const BenchCommand& command) {
  return run_bench(command);
}
int run(const FoldCommand& command) {
  return run_fold(command);
}
int run(const NormsCommand& command) {
  return run_norms(command);
}
int run(const DataListCommand& command) {
  return run_data_list(command);
}
int run(const DataShowCommand& command) {
  return run_data_show(command);
}
int run(const DataGetCommand& command) {
  return run_data_get(command);
}

}  // namespace

int run_program(const std::vector<std::string>& arguments) {
  try {
    if (const auto warning = build_warning()) complain("warning", *warning);
    for (const std::string& sentence : unread_variables()) complain("warning", sentence);
    const int code =
        std::visit([](const auto& command) { return run(command); }, parse_command_line(arguments));
    std::cout.flush();
    check_data(std::cout.good(), "cannot write to standard output: is the disk full?");
    return code;
  } catch (const std::exception&) {
    const Failure failure = current_failure();
    complain("error", failure.message);
    return failure.exit_code;
  }
}

}  // namespace keel
