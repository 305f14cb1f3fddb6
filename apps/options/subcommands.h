#pragma once
// The subcommands of the program. Each function adds one, which leaves what is to be done in
// `result` when the line is parsed.

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "apps/options/options.h"

namespace keel {

void add_train(CLI::App& program, Command& result);
/// `arguments` are kept for the report.
void add_compare(CLI::App& program, const std::vector<std::string>& arguments, Command& result);
/// The same.
void add_reproduce(CLI::App& program, const std::vector<std::string>& arguments, Command& result);
void add_report(CLI::App& program, Command& result);
void add_eval(CLI::App& program, Command& result);
void add_fold(CLI::App& program, Command& result);
void add_predict(CLI::App& program, Command& result);
void add_summary(CLI::App& program, Command& result);
void add_bench(CLI::App& program, Command& result);
void add_data(CLI::App& program, Command& result);
void add_norms(CLI::App& program, Command& result);

}  // namespace keel
