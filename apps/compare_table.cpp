#include "apps/compare_table.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "apps/axes.h"
#include "apps/number_text.h"
#include "apps/statistics.h"
#include "apps/text_table.h"

namespace keel {
namespace {

TableRow header(const Comparison& comparison, const Axes& axes) {
  const std::string target = comparison.target_accuracy
                                 ? fmt::format("{} %", 100 * *comparison.target_accuracy)
                                 : "target";
  TableRow cells;
  for (const Axis& axis : axes.all) cells.push_back(axis.setting);
  cells.insert(cells.end(), {"final accuracy", "loss", "steps to " + target, "seconds to " + target,
                             "images/s", "× " + axes.baseline, "diverged"});
  return cells;
}

TableRow row(const Variant& variant, const Axes& axes) {
  TableRow cells;
  for (std::size_t i = 0; i < axes.all.size(); ++i) {
    cells.push_back(axes.all[i].values[variant.place[i]]);
  }
  cells.insert(cells.end(),
               {accuracy_text(variant.accuracy), fixed_text(variant.loss.mean, 4),
                steps_to_target_text(variant.target), seconds_to_target_text(variant.target),
                count_text(variant.images_per_second.mean), fixed_text(variant.speed_ratio, 2),
                fmt::format("{} of {}", variant.diverged, variant.runs.size())});
  return cells;
}

std::string plain(std::string text) {
  const std::pair<std::string_view, std::string_view> spellings[] = {
      {"±", "+-"}, {"×", "x"}, {"–", "-"}};
  for (const auto& [symbol, spelling] : spellings) {
    for (std::size_t at = 0; (at = text.find(symbol, at)) != std::string::npos;) {
      text.replace(at, symbol.size(), spelling);
    }
  }
  return text;
}

}  // namespace

std::string compare_table(const Comparison& comparison, const TableOptions& options) {
  const Axes axes = axes_of(comparison);
  std::vector<TableRow> rows = {header(comparison, axes)};
  std::string notes;
  for (const Variant& variant : summarize_variants(comparison)) {
    rows.push_back(row(variant, axes));
    if (variant.unfinished > 0) {
      notes += fmt::format("{}: {} of {} runs unfinished\n", variant.name, variant.unfinished,
                           variant.runs.size());
    }
  }
  if (!options.unicode) {
    for (TableRow& cells : rows) {
      std::transform(cells.begin(), cells.end(), cells.begin(), plain);
    }
  }
  return aligned(rows) + notes;
}

}  // namespace keel
