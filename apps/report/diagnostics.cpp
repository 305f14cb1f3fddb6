#include "apps/report/diagnostics.h"

#include <cmath>
#include <iterator>
#include <vector>

#include <fmt/format.h>

#include "apps/report/curves.h"
#include "apps/report/landscape.h"
#include "apps/report/landscape_extremes.h"
#include "apps/report/layers.h"
#include "apps/report/probe_means.h"
#include "apps/report/sortable.h"
#include "apps/report/time.h"
#include "apps/text/html.h"
#include "apps/text/number_text.h"

namespace keel {
namespace {

// Of names, and of what is measured of each.
std::string heads_of(const std::vector<std::string>& columns) {
  std::string text;
  for (const std::string& column : columns) {
    text += sortable_head(column,
                          &column == &columns[0] ? SortOrder::kAscending : SortOrder::kDescending);
  }
  return text;
}

std::string variant_cell(const ReportInput& input, const Variant& variant) {
  return fmt::format("<th scope=\"row\">{}{}</th>",
                     swatch(input.axes, variant.place[input.axes.main]), html_escape(variant.name));
}

std::string extreme_cells(const Extremes& extremes) {
  const auto cell = [](double value, const std::string& below) {
    return sortable_cell(extreme_text(value), value, below);
  };
  const std::string lost =
      fmt::format("{} of {} probes not finite", extremes.not_finite, extremes.count);
  return cell(extremes.largest, extremes.not_finite > 0 ? lost : "") + cell(extremes.median, "");
}

std::string landscape_table(const ReportInput& input, const Walk& walk) {
  std::string text = open_table(fmt::format("Loss landscape, {}", walk.caption),
                                heads_of({std::begin(kExtremeHeads), std::end(kExtremeHeads)}));
  for (const Variant& variant : input.variants) {
    const LandscapeExtremes extremes = landscape_extremes(variant, walk.along);
    if (extremes.beta.count == 0) continue;
    text += fmt::format("<tr>{}{}{}{}</tr>\n", variant_cell(input, variant),
                        extreme_cells(extremes.loss_band), extreme_cells(extremes.gradient_change),
                        extreme_cells(extremes.beta));
  }
  return text + close_table();
}

std::string accuracy_table(const ReportInput& input) {
  std::string rows;
  for (const Variant& variant : input.variants) {
    const auto accuracies = accuracies_by_statistics(variant);
    if (!accuracies) continue;
    const auto at = static_cast<double>(accuracies->step);
    rows +=
        fmt::format("<tr>{}{}", variant_cell(input, variant), sortable_cell(count_text(at), at));
    for (const double accuracy :
         {accuracies->running, accuracies->recalibrated, accuracies->batch}) {
      rows += sortable_cell(percent_text(accuracy), accuracy);
    }
    rows += "</tr>\n";
  }
  if (rows.empty()) return "";
  return open_table("Held-out accuracy by statistics, at the last probe",
                    heads_of({"variant", "step", "running", "recalibrated", "of the batch"})) +
         rows + close_table();
}

std::string landscape_html(const ReportInput& input, FigureData& data) {
  std::vector<Choice> choices;
  for (const Walk& walk : kWalks) choices.push_back({walk.key, walk.title});
  std::string text = "<form class=\"controls\" autocomplete=\"off\">" +
                     control("along", "Along the gradient", choices) +
                     (curve_splits(input).empty() ? scale_control() : "") +
                     "</form>\n<div class=\"charts\">\n";
  for (const ReportFigure& figure : landscape_figures(input)) text += figure_html(figure, data);
  text += "</div>\n";
  for (const Walk& walk : kWalks) {
    text +=
        fmt::format("<div class=\"heat plain choosable\" data-along=\"{}\"{}>{}</div>\n", walk.key,
                    &walk == &kWalks[0] ? "" : " hidden", landscape_table(input, walk));
  }
  return text;
}

std::string activations_html(const ReportInput& input, FigureData& data) {
  const ProbedUnits probed = probed_units(input);
  if (probed.units == 0) return "";
  std::vector<std::string> units;
  for (std::size_t unit = 1; unit <= probed.units; ++unit) units.push_back(fmt::to_string(unit));
  std::string text = "<h3>Activations</h3>\n<form class=\"controls\" autocomplete=\"off\">" +
                     control("layer", "Layer", numbered(probed.layers)) +
                     control("unit", "Unit", numbered(units)) + "</form>\n<div class=\"charts\">\n";
  for (const ReportFigure& figure : activation_figures(input)) text += figure_html(figure, data);
  return text + "</div>\n";
}

}  // namespace

std::optional<AccuraciesByStatistics> accuracies_by_statistics(const Variant& variant) {
  const ProbesByStep by_step = probes_of(variant);
  if (by_step.empty()) return std::nullopt;
  const std::vector<const Probe*>& probes = by_step.rbegin()->second;
  const auto mean = [&probes](double StatisticsAccuracy::*which) {
    return probe_mean(probes, [which](const Probe& probe) {
      return probe.accuracy ? *probe.accuracy.*which : kNotMeasured;
    });
  };
  const AccuraciesByStatistics accuracies{
      by_step.rbegin()->first, mean(&StatisticsAccuracy::running),
      mean(&StatisticsAccuracy::recalibrated), mean(&StatisticsAccuracy::batch)};
  if (std::isnan(accuracies.running)) return std::nullopt;
  return accuracies;
}

std::string diagnostics_html(const ReportInput& input, FigureData& data) {
  if (!has_probes(input)) return "";
  return "<h2>Diagnostics</h2>\n" + landscape_html(input, data) + activations_html(input, data) +
         layer_maps_html(input) + "<div class=\"heat plain\">" + accuracy_table(input) +
         time_table_html(input) +
         "</div>\n<p class=\"note\">Measured at single steps, with the batch of that step. Loss "
         "and "
         "gradient along the negative gradient, after 0.5 to 4 learning rates, or after steps that "
         "are the same for all runs: band from the lowest to the highest of all seeds; line: the "
         "loss at the weights, and the greatest change, as means over the seeds; ×: a loss or a "
         "gradient that is not finite. Activations on held-out images: line the median, band from "
         "the 15th to the 85th percentile, means over the seeds. Maps and the accuracies: means "
         "over the seeds; the tint of all maps of a kind has one scale. Largest values and "
         "medians: "
         "over all probes, what is not finite above everything else; a median stands beside each "
         "largest value, for single steps rule that one. Times: medians over the probes without "
         "each run’s first. Normalisation, activation, max pools and sums: all ops but "
         "convolutions, products, average pools, loss and optimizer, as these share passes; what "
         "they take more than without a norm is the norm’s time. An activation or pool that was in "
         "a convolution’s pass there counts with it. Effective learning rate, lr / |w|²: tells "
         "something of layers with a norm behind them.</p>\n";
}

}  // namespace keel
