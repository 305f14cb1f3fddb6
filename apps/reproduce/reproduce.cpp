#include "apps/reproduce/reproduce.h"

#include <filesystem>
#include <iostream>
#include <utility>

#include <fmt/format.h>

#include <keel/core/error.h>
#include <keel/data/registry.h>

#include "apps/compare/compare.h"
#include "apps/exit_code.h"
#include "apps/reproduce/reproduction_report.h"
#include "apps/text/text_table.h"

namespace keel {
namespace {

namespace fs = std::filesystem;

// A set that Keel draws, of the same shape, for one that is published.
std::string drawn_like(const KnownSet& set) {
  return set.channels == 1 ? "digits" : "shapes";
}

// A folder that was named has to hold the set; loading it says what it lacks.
bool is_there(const KnownSet& set, const std::string& data_dir) {
  return !data_dir.empty() || find_dataset(set, default_data_dir());
}

CompareCommand planned(const Experiment& experiment, const ReproduceCommand& command,
                       const KnownSet& set, const fs::path& out) {
  CompareCommand plan = experiment.plan({command.budget, set.train_count});
  plan.base.data = set.name;
  plan.base.data_dir = command.data_dir;
  plan.base.threads = command.threads;
  plan.seeds = command.seeds;
  plan.jobs = command.jobs;
  plan.out = out.string();
  plan.quiet = command.quiet;
  plan.no_color = command.no_color;
  plan.dry_run = command.dry_run;
  plan.command_line = command.command_line;
  return plan;
}

std::vector<Threshold> thresholds_of(const Experiment& experiment, Budget budget) {
  std::vector<Threshold> asked;
  for (const Threshold& threshold : experiment.thresholds) {
    if (budget == Budget::kFull || threshold.in_quick) asked.push_back(threshold);
  }
  return asked;
}

std::string expectations(const std::vector<Threshold>& thresholds) {
  std::vector<TableRow> rows{{"threshold", "expected"}};
  for (const Threshold& threshold : thresholds) {
    rows.push_back({threshold.name, expectation(threshold)});
  }
  return aligned(rows, rows.front().size());
}

std::string list_text() {
  std::string text = "Experiments of papers that keel reproduce NAME repeats at a small scale:\n";
  for (const Experiment& experiment : experiments()) {
    text += '\n' + experiment.name + '\n';
    for (const std::string& part : {experiment.paper, experiment.claim}) {
      text += two_columns("", part, 2, 80);
    }
  }
  return text;
}

}  // namespace

int reproduce(const Experiment& experiment, const ReproduceCommand& command) {
  const KnownSet& published = known_set(experiment.data);
  const bool there = is_there(published, command.data_dir);
  const KnownSet& set = there ? published : known_set(drawn_like(published));
  const fs::path out = command.out.empty()
                           ? fs::path("reproductions") /
                                 fmt::format("{}-{}", experiment.name, budget_name(command.budget))
                           : fs::path(command.out);
  const std::vector<Threshold> thresholds = thresholds_of(experiment, command.budget);
  Reproduction reproduction{experiment, command.budget, there};
  reproduction.comparison.dataset = set.name;
  if (!command.quiet) {
    std::cout << introduction(experiment, command.budget) << '\n'
              << data_sentence(reproduction) << "\n\n"
              << expectations(thresholds) << std::endl;
  }
  const CompareCommand plan = planned(experiment, command, set, out);
  CompareOutcome outcome = compare_runs(plan);
  if (outcome.exit_code != kExitDone || command.dry_run) return outcome.exit_code;

  reproduction.comparison = std::move(outcome.comparison);
  for (const Threshold& threshold : thresholds) {
    reproduction.checks.push_back(check_threshold(threshold, reproduction.comparison));
  }
  write_verdict(reproduction, out / "verdict.json");
  write_reproduction(reproduction, out / "reproduction.md");
  if (!command.quiet) {
    std::cout << '\n'
              << checks_table(reproduction.checks) << '\n'
              << experiment.name << ": " << verdict_name(reproduction.verdict()) << ". "
              << data_sentence(reproduction) << '\n'
              << "verdict: " << (out / "verdict.json").string() << ", "
              << (out / "reproduction.md").string() << '\n';
  }
  return kExitDone;
}

int run_reproduce(const ReproduceCommand& command) {
  if (command.name.empty() || command.name == "list") {
    std::cout << list_text();
    return kExitDone;
  }
  return reproduce(experiment(command.name), command);
}

}  // namespace keel
