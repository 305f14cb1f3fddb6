#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "apps/report/formats.h"
#include "apps/report/input.h"
#include "apps/report/landscape_extremes.h"
#include "apps/report/measurements.h"
#include "apps/report/probe_means.h"
#include "apps/results/finding.h"
#include "apps/results/stable_range.h"
#include "apps/text/csv.h"
#include "apps/text/json_record.h"

namespace keel {
namespace {

using Json = nlohmann::ordered_json;

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
  const auto rank = rank_of(input.ranking, variant);
  record["rank"] = rank ? Json(*rank + 1) : Json(nullptr);
  record["like_next"] = rank ? Json(input.ranking[*rank].like_next) : Json(nullptr);
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

}  // namespace

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

}  // namespace keel
