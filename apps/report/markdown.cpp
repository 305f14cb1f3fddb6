#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "apps/report/formats.h"
#include "apps/report/input.h"
#include "apps/report/measurements.h"
#include "apps/results/finding.h"
#include "apps/results/stable_range.h"
#include "apps/results/statistics_text.h"
#include "apps/text/number_text.h"
#include "apps/text/text_table.h"

namespace keel {
namespace {

std::string results_markdown(const ReportInput& input) {
  const Axes& axes = input.axes;
  const auto& target = input.comparison.target_accuracy;
  std::vector<TableRow> rows(1);
  rows[0].push_back(axis_title(axes.main_axis().setting));
  for (const std::size_t axis : axes.others())
    rows[0].push_back(axis_title(axes.all[axis].setting));
  rows[0].insert(rows[0].end(),
                 {"rank", "final test accuracy", "95 % interval of the mean",
                  fmt::format("against {}", axes.baseline), "95 % interval", "final test loss"});
  const bool areas = has_areas(input.variants);
  if (areas) rows[0].push_back("area under the curve");
  if (target) rows[0].push_back(fmt::format("steps to {:.4g} %", 100 * *target));
  rows[0].insert(rows[0].end(), {"images/s", "diverged"});
  for (const Variant& variant : input.variants) {
    TableRow& row = rows.emplace_back(TableRow{variant.label});
    for (const std::size_t axis : axes.others()) {
      row.push_back(axes.all[axis].label(variant.place[axis]));
    }
    const bool baseline = variant.is_baseline;
    row.insert(row.end(),
               {rank_text(input.ranking, variant), accuracy_text(variant.accuracy),
                accuracy_interval_text(variant.accuracy),
                baseline ? kNothingText : points_text(variant.accuracy_difference.mean),
                baseline ? kNothingText : points_interval_text(variant.accuracy_difference),
                significant_text(variant.loss.mean, 4)});
    if (areas) row.push_back(fixed_text(variant.area.mean, 3));
    if (target) row.push_back(steps_to_target_text(variant.target));
    row.insert(row.end(), {count_text(variant.images_per_second.mean),
                           fmt::format("{} of {}", variant.diverged, variant.runs.size())});
  }
  return markdown_table(rows) +
         "\n± is the sample standard deviation over the seeds. Intervals are those of the mean by "
         "Student's t.\n";
}

std::string stable_ranges_markdown(const ReportInput& input) {
  std::string text;
  for (const std::size_t axis : input.axes.others()) {
    if (!input.axes.all[axis].is_numeric()) continue;
    std::vector<TableRow> rows{{axis_title(input.axes.main_axis().setting), "best at",
                                "accuracy there", "within 10 points", "decades"}};
    for (const Ranked& ranked : input.ranking) {
      const Variant& best = *ranked.variant;
      const auto range = stable_range(input.variants, input.axes, axis, best, input.chance);
      rows.push_back(
          {best.label, input.axes.all[axis].label(best.place[axis]), accuracy_text(best.accuracy),
           range ? range_text(*range, input.axes.all[axis]) : no_range_text(best, input.chance),
           range ? decades_text(*range) : kNothingText});
    }
    if (rows.size() == 1) continue;
    text += fmt::format("\nStable range of {}{}:\n\n{}", axis_title(input.axes.all[axis].setting),
                        input.interim ? " so far" : "", markdown_table(rows));
  }
  return text;
}

// A row for each name that `row_of` gives, a column for each that `column_of` does, both in the
// order of their first number.
template <class RowOf, class ColumnOf>
std::vector<TableRow> crossed(const std::vector<const Measurement*>& all, const std::string& corner,
                              RowOf row_of, ColumnOf column_of) {
  std::vector<TableRow> rows{{corner}};
  for (const Measurement* one : all) {
    const std::string name = row_of(*one), column = column_of(*one);
    auto row = std::find_if(rows.begin() + 1, rows.end(),
                            [&name](const TableRow& r) { return r.front() == name; });
    if (row == rows.end()) row = rows.insert(rows.end(), TableRow{name});
    const auto at = std::find(rows[0].begin() + 1, rows[0].end(), column) - rows[0].begin();
    if (at == std::ssize(rows[0])) rows[0].push_back(column);
    row->resize(std::max(row->size(), static_cast<std::size_t>(at) + 1), kNothingText);
    const bool is_share = one->measure == kHeldOutAccuracy || one->measure == kStepShare;
    (*row)[static_cast<std::size_t>(at)] =
        is_share ? percent_text(one->value) : fmt::format("{:.3g}", one->value);
  }
  for (TableRow& row : rows) row.resize(rows[0].size(), kNothingText);
  return rows;
}

// Layers as they are at the last probe: all steps would be a table of tables.
std::string diagnostics_markdown(const ReportInput& input) {
  const std::vector<Measurement> all = measurements(input);
  std::vector<const Measurement*> accuracies, times, layers;
  std::map<const Variant*, std::int64_t> last;
  for (const Measurement& one : all) {
    last[one.variant] = std::max(last[one.variant], one.step.value_or(0));
  }
  for (const Measurement& one : all) {
    if (one.measure == kHeldOutAccuracy) {
      accuracies.push_back(&one);
    } else if (one.measure == kStepTime || one.measure == kStepShare) {
      times.push_back(&one);
    } else if (one.step == last[one.variant]) {
      layers.push_back(&one);
    }
  }
  const auto variant = [](const Measurement& one) { return one.variant->name; };
  const auto of = [](const Measurement& one) { return one.of; };
  std::string text;
  if (!accuracies.empty()) {
    text += fmt::format("\n{} by statistics, at the last probe:\n\n{}", kHeldOutAccuracy,
                        markdown_table(crossed(accuracies, "variant", variant, of)));
  }
  if (!times.empty()) {
    text += fmt::format("\n{} by op, and the share of normalisation:\n\n{}", kStepTime,
                        markdown_table(crossed(times, "op", of, variant)));
  }
  if (!layers.empty()) {
    text += fmt::format(
        "\nLayers at the last probe:\n\n{}",
        markdown_table(crossed(
            layers, "layer",
            [](const Measurement& one) { return fmt::format("{}: {}", one.variant->name, one.of); },
            [](const Measurement& one) { return one.measure; })));
  }
  return text;
}

}  // namespace

std::string report_markdown(const Comparison& comparison) {
  const ReportInput input(comparison);
  const Finding finding = find(comparison, input.variants);
  std::string text = fmt::format("# {}\n\n{}\n\n", markdown_text(comparison.title),
                                 markdown_text(finding.headline));
  for (const std::string& sentence : finding.details) {
    text += fmt::format("- {}\n", markdown_text(sentence));
  }
  if (input.variants.empty()) return text;
  text += fmt::format("\n{}{}", results_markdown(input), stable_ranges_markdown(input));
  text += diagnostics_markdown(input);
  return text + fmt::format("\n{} on {}, Keel {}: `{}`\n", comparison.model, comparison.dataset,
                            comparison.keel_version, comparison.command);
}

}  // namespace keel
