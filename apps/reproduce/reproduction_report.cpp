#include "apps/reproduce/reproduction_report.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include <fmt/format.h>

#include <keel/core/file.h>

#include "apps/results/table.h"
#include "apps/text/capitalized.h"
#include "apps/text/json_record.h"
#include "apps/text/number_text.h"
#include "apps/text/text_table.h"

namespace keel {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Check& check) {
  Json values = Json::array();
  for (const double value : check.values) values.push_back(finite_or_null(value));
  return {{"name", check.name},
          {"expected", check.expected},
          {"found", check.found},
          {"holds", check.holds == Holds::kUndecided ? Json() : Json(check.holds == Holds::kYes)},
          {"mean", finite_or_null(check.mean)},
          {"low", finite_or_null(check.low)},
          {"high", finite_or_null(check.high)},
          {"values", std::move(values)}};
}

std::vector<TableRow> check_rows(const std::vector<Check>& checks) {
  std::vector<TableRow> rows{{"threshold", "expected", "found", "holds"}};
  for (const Check& check : checks) {
    rows.push_back({check.name, check.expected, check.found, std::string(holds_name(check.holds))});
  }
  return rows;
}

// Each part of the text, as a title and what is below it.
std::vector<std::pair<std::string, std::string>> parts(const Experiment& experiment,
                                                       Budget budget) {
  std::string protocol = experiment.protocol;
  if (budget == Budget::kQuick) protocol += " The quick budget: " + experiment.quick;
  return {{"Paper", experiment.paper},
          {"Claim", experiment.claim},
          {"Figures", experiment.figures},
          {"Protocol", std::move(protocol)}};
}

}  // namespace

std::string introduction(const Experiment& experiment, Budget budget) {
  constexpr std::size_t kColumn = 10, kWidth = 100;
  std::string text = fmt::format("{} ({} budget)\n", experiment.name, budget_name(budget));
  for (const auto& [title, content] : parts(experiment, budget)) {
    text += two_columns(title, content, kColumn, kWidth);
  }
  return text;
}

std::string data_sentence(const Reproduction& reproduction) {
  const std::string& published = reproduction.experiment.data;
  const std::string& used = reproduction.comparison.dataset;
  if (reproduction.on_published_data) return fmt::format("On {}.", used);
  return fmt::format(
      "On {}, which Keel draws itself, because {} is not there: the verdict is about these data. "
      "keel data get {} fetches the published ones.",
      used, published, published);
}

std::string checks_table(const std::vector<Check>& checks) {
  const std::vector<TableRow> rows = check_rows(checks);
  return aligned(rows, rows.front().size());
}

void write_verdict(const Reproduction& reproduction, const std::filesystem::path& path) {
  Json checks = Json::array();
  for (const Check& check : reproduction.checks) checks.push_back(json_of(check));
  const Comparison& comparison = reproduction.comparison;
  const Json document = {{"schema", "keel-reproduction"},
                         {"version", 1},
                         {"name", reproduction.experiment.name},
                         {"paper", reproduction.experiment.paper},
                         {"claim", reproduction.experiment.claim},
                         {"budget", budget_name(reproduction.budget)},
                         {"dataset", comparison.dataset},
                         {"dataset_note", comparison.dataset_note},
                         {"published_data", reproduction.on_published_data},
                         {"seeds", seeds_of(comparison)},
                         {"verdict", verdict_name(reproduction.verdict())},
                         {"thresholds", std::move(checks)},
                         {"created", comparison.created},
                         {"keel_version", comparison.keel_version},
                         {"command", comparison.command}};
  write_file_atomically(path, document.dump(1) + "\n");
}

void write_reproduction(const Reproduction& reproduction, const std::filesystem::path& path) {
  const Comparison& comparison = reproduction.comparison;
  std::string text = fmt::format("# {}: {}\n\n{} budget, {}. {} {}.\n",
                                 reproduction.experiment.name, verdict_name(reproduction.verdict()),
                                 capitalized(std::string(budget_name(reproduction.budget))),
                                 counted_text(seeds_of(comparison).size(), "seed"),
                                 data_sentence(reproduction), comparison.dataset_note);
  for (const auto& [title, content] : parts(reproduction.experiment, reproduction.budget)) {
    text += fmt::format("\n**{}.** {}\n", title, content);
  }
  text +=
      "\n## Thresholds\n\nFixed before the runs. A threshold holds when the 95 % interval of the "
      "mean over the seeds lies on its side, and does not when it lies on the other.\n\n" +
      markdown_table(check_rows(reproduction.checks));
  text += fmt::format(
      "\n## Runs\n\nFigures and every run: [report.html](report.html).\n\n"
      "```\n{}```\n\nMade with\n\n    {}\n",
      compare_table(comparison), comparison.command);
  write_file_atomically(path, text);
}

}  // namespace keel
