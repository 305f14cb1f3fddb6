#include "apps/report/formats.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "apps/report/curves.h"
#include "apps/report/dots.h"
#include "apps/report/heat.h"
#include "apps/report/input.h"
#include "apps/report/landscape.h"
#include "apps/report/landscape_extremes.h"
#include "apps/report/layers.h"
#include "apps/report/map.h"
#include "apps/report/measurements.h"
#include "apps/report/probe_means.h"
#include "apps/report/sensitivity.h"
#include "apps/results/finding.h"
#include "apps/results/stable_range.h"
#include "apps/results/statistics_text.h"
#include "apps/text/csv.h"
#include "apps/text/json_record.h"
#include "apps/text/number_text.h"
#include "apps/text/text_table.h"

namespace keel {
namespace {

using Json = nlohmann::ordered_json;

std::string results_markdown(const ReportInput& input) {
  const Axes& axes = input.axes;
  const auto& target = input.comparison.target_accuracy;
  std::vector<TableRow> rows(1);
  rows[0].push_back(axis_title(axes.main_axis().setting));
  for (const std::size_t axis : axes.others())
    rows[0].push_back(axis_title(axes.all[axis].setting));
  rows[0].insert(rows[0].end(), {"rank", "final test accuracy", "95 % interval of the mean",
                                 fmt::format("against {}", axes.baseline), "95 % interval",
                                 "area under the curve", "final test loss"});
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
                fixed_text(variant.area.mean, 3), significant_text(variant.loss.mean, 4)});
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

// What a mean of its kind can be, so that no interval reaches beyond it.
struct Limits {
  double low, high;
};

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr Limits kFraction{0, 1}, kFractionDifference{-1, 1}, kPositive{0, kInfinity},
    kAny{-kInfinity, kInfinity};

void add_summary(Json& record, const std::string& name, const Summary& summary, Limits limits) {
  record[name] = finite_or_null(summary.mean);
  record[name + "_low"] = finite_or_null(std::max(summary.mean - summary.half_width, limits.low));
  record[name + "_high"] = finite_or_null(std::min(summary.mean + summary.half_width, limits.high));
}

// "Gradient norm", "batch-size" -> "gradient_norm", "batch_size"
std::string field_name(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
    return c == '-' || c == ' ' ? '_' : static_cast<char>(std::tolower(c));
  });
  return name;
}

// Numbers as such.
Json value_of(const Axis& axis, std::size_t value) {
  const std::string& text = axis.values[value];
  if (!axis.is_numeric()) return text;
  const Json number = Json::parse(text, nullptr, false);
  return number.is_number() ? number : Json(axis.number(value));
}

Json place_record(const ReportInput& input, const Variant& variant) {
  Json record = Json::object();
  for (std::size_t i = 0; i < input.axes.all.size(); ++i) {
    const Axis& axis = input.axes.all[i];
    record[field_name(axis.setting)] = value_of(axis, variant.place[i]);
  }
  return record;
}

Json record_of(const ReportInput& input, const Variant& variant) {
  Json record = place_record(input, variant);
  record["runs"] = variant.runs.size();
  record["completed"] = variant.completed;
  record["diverged"] = variant.diverged;
  record["failed"] = variant.failed;
  record["unfinished"] = variant.unfinished;
  const auto ranked = std::find_if(input.ranking.begin(), input.ranking.end(),
                                   [&](const Ranked& r) { return r.variant == &variant; });
  const bool has_rank = ranked != input.ranking.end();
  record["rank"] = has_rank ? Json(ranked - input.ranking.begin() + 1) : Json(nullptr);
  record["like_next"] = has_rank ? Json(ranked->like_next) : Json(nullptr);
  add_summary(record, "accuracy", variant.accuracy, kFraction);
  record["accuracy_deviation"] = finite_or_null(variant.accuracy.deviation);
  const auto add_difference = [&](const std::string& name, const Summary& difference,
                                  Limits limits) {
    add_summary(record, name, variant.is_baseline ? Summary{} : difference, limits);
  };
  add_difference("accuracy_difference", variant.accuracy_difference, kFractionDifference);
  add_summary(record, "accuracy_area", variant.area, kFraction);
  add_difference("accuracy_area_difference", variant.area_difference, kFractionDifference);
  add_summary(record, "loss", variant.loss, kPositive);
  add_difference("loss_difference", variant.loss_difference, kAny);
  record["reached_target"] = variant.target.reached;
  add_summary(record, "steps_to_target", variant.target.steps, kPositive);
  add_summary(record, "epochs_to_target", variant.target.epochs, kPositive);
  add_summary(record, "seconds_to_target", variant.target.seconds, kPositive);
  add_summary(record, "images_per_second", variant.images_per_second, kPositive);
  record["speed_ratio"] = finite_or_null(variant.speed_ratio);
  record["peak_tensor_bytes"] = variant.peak_tensor_bytes;
  return record;
}

Json json_of(const Extremes& extremes) {
  return {{"largest", finite_or_null(extremes.largest)},  // null: infinite
          {"median", finite_or_null(extremes.median)},
          {"probes", extremes.count},
          {"not_finite", extremes.not_finite}};
}

Json landscape_of(const Variant& variant) {
  Json record = Json::object();
  for (const auto& [name, along] :
       {std::pair{"by_rate", &Landscape::by_rate}, std::pair{"by_step", &Landscape::by_step}}) {
    const LandscapeExtremes extremes = landscape_extremes(variant, along);
    record[name] = {{"loss_band", json_of(extremes.loss_band)},
                    {"gradient_change", json_of(extremes.gradient_change)},
                    {"beta", json_of(extremes.beta)}};
  }
  return record;
}

// By measure, by layer, op or kind of statistics, and, where it is of a step, by that.
Json diagnostics_of(const std::vector<Measurement>& all, const Variant& variant) {
  Json record = Json::object();
  for (const Measurement& one : all) {
    if (one.variant != &variant) continue;
    Json& value = record[field_name(one.measure)][one.of];
    (one.step ? value[fmt::to_string(*one.step)] : value) = finite_or_null(one.value);
  }
  return record;
}

// For each swept axis, of each value of the main one at its best.
Json stable_ranges_of(const ReportInput& input) {
  Json records = Json::array();
  for (const std::size_t i : input.axes.others()) {
    const Axis& axis = input.axes.all[i];
    for (const Ranked& ranked : input.ranking) {
      const auto range = stable_range(input.variants, input.axes, i, *ranked.variant, input.chance);
      if (!range) continue;
      records.push_back({{"axis", axis.setting},
                         {"variant", ranked.variant->label},
                         {"low", value_of(axis, range->low)},
                         {"high", value_of(axis, range->high)},
                         {"decades", finite_or_null(range->decades)},
                         {"open", range->open}});
    }
  }
  return records;
}

std::string csv_line(const Json& record, bool names) {
  CsvRow row;
  for (const auto& [name, value] : record.items()) {
    if (names) {
      row << std::string_view(name);
    } else if (value.is_string()) {
      row << std::string_view(value.get_ref<const std::string&>());
    } else {
      row << std::string_view(value.is_null() ? "" : value.dump());
    }
  }
  return row.line();
}

// Letters, digits, dots and hyphens.
std::string file_word(std::string_view text) {
  std::string word;
  for (const char c : text) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.';
    if (!plain && (word.empty() || word.back() == '-')) continue;
    word += plain ? static_cast<char>(std::tolower(static_cast<unsigned char>(c))) : '-';
  }
  while (!word.empty() && word.back() == '-') word.pop_back();
  return word;
}

std::string file_name(const ReportInput& input, const ReportFigure& figure) {
  std::string name = fmt::format("{}-by-{}", file_word(figure.title), file_word(figure.x_word));
  for (const auto& [control, value] : figure.choices) {
    if (control.rfind("axis", 0) == 0) {
      const Axis& axis = input.axes.all[std::stoul(control.substr(4))];
      name +=
          fmt::format("-{}-{}", file_word(axis.setting), file_word(axis.values[std::stoul(value)]));
    } else if ((control == "scale" && value == "log") || (control == "smooth" && value != "none")) {
      name += fmt::format("-{}", value);
    } else if (control == "along" && value != kWalks[0].key) {
      name += fmt::format("-along-{}", value);
    } else if (control == "layer" || control == "unit") {
      name += fmt::format("-{}-{}", control, std::stoul(value) + 1);
    }
  }
  return name + ".svg";
}

std::string file_name(const ReportMap& map) {
  return file_word(map.title + " by " + map.against + ' ' + map.caption + " map") + ".svg";
}

}  // namespace

std::string report_markdown(const Comparison& comparison) {
  const ReportInput input(comparison);
  const Finding finding = find(comparison, input.variants);
  std::string text = fmt::format("# {}\n\n{}\n\n", comparison.title, finding.headline);
  for (const std::string& sentence : finding.details) text += fmt::format("- {}\n", sentence);
  if (input.variants.empty()) return text;
  text += fmt::format("\n{}{}", results_markdown(input), stable_ranges_markdown(input));
  text += diagnostics_markdown(input);
  return text + fmt::format("\n{} on {}, Keel {}: `{}`\n", comparison.model, comparison.dataset,
                            comparison.keel_version, comparison.command);
}

std::string report_json(const Comparison& comparison) {
  const ReportInput input(comparison);
  const Finding finding = find(comparison, input.variants);
  Json document = {
      {"title", comparison.title},
      {"headline", finding.headline},
      {"details", finding.details},
      {"baseline", input.axes.baseline},
      {"target_accuracy", finite_or_null(comparison.target_accuracy.value_or(kNotMeasured))},
      {"chance", finite_or_null(input.chance)},
      {"stable_ranges", stable_ranges_of(input)},
      {"variants", Json::array()}};
  const bool probed = has_probes(input);
  const std::vector<Measurement> all = measurements(input);
  for (const Variant& variant : input.variants) {
    Json& record = document["variants"].emplace_back(record_of(input, variant));
    if (!probed) continue;
    record["landscape"] = landscape_of(variant);
    record["diagnostics"] = diagnostics_of(all, variant);
  }
  return document.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string report_csv(const Comparison& comparison) {
  const ReportInput input(comparison);
  std::string text;
  for (const Variant& variant : input.variants) {
    const Json record = record_of(input, variant);
    if (text.empty()) text = csv_line(record, true);
    text += csv_line(record, false);
  }
  return text;
}

std::string diagnostics_csv(const Comparison& comparison) {
  const ReportInput input(comparison);
  std::string text;
  for (const Measurement& one : measurements(input)) {
    Json record = place_record(input, *one.variant);
    record["measure"] = field_name(one.measure);
    record["of"] = one.of;
    record["step"] = one.step ? Json(*one.step) : Json(nullptr);
    record["value"] = finite_or_null(one.value);
    if (text.empty()) text = csv_line(record, true);
    text += csv_line(record, false);
  }
  return text;
}

std::vector<FigureFile> report_svgs(const Comparison& comparison, bool all) {
  const ReportInput input(comparison);
  std::vector<FigureFile> files;
  for (const auto& figures : {curve_figures(input), sensitivity_figures(input),
                              landscape_figures(input), activation_figures(input)}) {
    for (const ReportFigure& figure : figures) {
      if (all || figure.shown) files.push_back({file_name(input, figure), figure_svg(figure)});
    }
  }
  for (const DotFigure& figure : dot_figures(input)) {
    const std::string name =
        file_word(fmt::format("{} dots {}", kFinalAccuracy, figure.caption)) + ".svg";
    if (all || figure.shown) files.push_back({name, dots_svg(figure, input.axes)});
  }
  for (const auto& maps : {heat_maps(input), layer_maps(input)}) {
    for (const ReportMap& map : maps) {
      if (all || map.shown) files.push_back({file_name(map), map_svg(map, input.axes)});
    }
  }
  return files;
}

}  // namespace keel
