#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "apps/report/formats.h"
#include "apps/report/input.h"
#include "apps/report/landscape.h"
#include "apps/report/landscape_extremes.h"
#include "apps/report/measurements.h"
#include "apps/report/probe_means.h"
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

std::string landscape_markdown(const ReportInput& input, const Walk& walk) {
  std::vector<TableRow> rows{{std::begin(kExtremeHeads), std::end(kExtremeHeads)}};
  for (const Variant& variant : input.variants) {
    const LandscapeExtremes extremes = landscape_extremes(variant, walk.along);
    if (extremes.beta.count == 0) continue;
    TableRow& row = rows.emplace_back(TableRow{variant.name});
    for (const Extremes& of : {extremes.loss_band, extremes.gradient_change, extremes.beta}) {
      row.insert(row.end(), {extreme_text(of.largest), extreme_text(of.median)});
    }
  }
  return fmt::format("\nLoss landscape, {}, over all probes:\n\n{}", walk.caption,
                     markdown_table(rows));
}

// Layers and units as they are at the last probe: all steps would be a table of tables.
std::string diagnostics_markdown(const ReportInput& input) {
  if (!has_probes(input)) return "";
  std::string text;
  for (const Walk& walk : kWalks) text += landscape_markdown(input, walk);
  const std::vector<Measurement> all = measurements(input);
  std::map<Measured, std::vector<const Measurement*>> of_kind;
  std::map<const Variant*, std::int64_t> last;
  for (const Measurement& one : all) {
    last[one.variant] = std::max(last[one.variant], one.step.value_or(0));
  }
  for (const Measurement& one : all) {
    const bool by_step = one.kind == Measured::kLayer || one.kind == Measured::kUnit;
    if (by_step && one.step != last[one.variant]) continue;
    of_kind[one.kind].push_back(&one);
  }
  const auto variant = [](const Measurement& one) { return one.variant->name; };
  const auto of = [](const Measurement& one) { return one.of; };
  const auto measure = [](const Measurement& one) { return one.measure; };
  const auto part = [](const Measurement& one) {
    return fmt::format("{}: {}", one.variant->name, one.of);
  };
  const auto add = [&text](const std::string& title, const std::vector<TableRow>& rows) {
    if (rows.size() > 1) text += fmt::format("\n{}:\n\n{}", title, markdown_table(rows));
  };
  add(fmt::format("{} by statistics, at the last probe", kHeldOutAccuracy),
      crossed(of_kind[Measured::kAccuracy], "variant", variant, of));
  add(fmt::format("{} by op, and the share of normalisation", kStepTime),
      crossed(of_kind[Measured::kTime], "op", of, variant));
  add("Layers at the last probe", crossed(of_kind[Measured::kLayer], "layer", part, measure));
  add("Units of layers at the last probe",
      crossed(of_kind[Measured::kUnit], "unit", part, measure));
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
