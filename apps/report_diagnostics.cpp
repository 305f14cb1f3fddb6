#include "apps/report_diagnostics.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "apps/html.h"
#include "apps/number_text.h"
#include "apps/probe_means.h"
#include "apps/report_landscape.h"
#include "apps/report_layers.h"

namespace keel {
namespace {

std::string open_table(const std::string& title, const std::vector<std::string>& columns) {
  std::string text = fmt::format("<div><h3>{}</h3>{}<table><thead><tr>", title, open_scroll(title));
  for (const std::string& column : columns) {
    text += fmt::format("<th scope=\"col\">{}</th>", column);
  }
  return text + "</tr></thead><tbody>\n";
}

std::string close_table() {
  return std::string("</tbody></table>") + kCloseScroll + "</div>\n";
}

std::string variant_cell(const ReportInput& input, const Variant& variant) {
  return fmt::format("<th scope=\"row\">{}{}</th>",
                     swatch(input.axes, variant.place[input.axes.main]), html_escape(variant.name));
}

// Over the probed steps of all seeds: the largest and the median, for outliers rule the one and
// habits the other.
std::string extremes(std::vector<double> values) {
  values.erase(std::remove_if(values.begin(), values.end(),
                              [](double value) { return !std::isfinite(value); }),
               values.end());
  if (values.empty()) return "<td>–</td><td>–</td>";
  std::sort(values.begin(), values.end());
  const double median = (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
  return fmt::format("<td>{:.3g}</td><td>{:.3g}</td>", values.back(), median);
}

std::string landscape_table(const ReportInput& input) {
  std::string text =
      open_table("Loss landscape", {"variant", "widest loss band", "median",
                                    "largest gradient change", "median", "largest beta", "median"});
  for (const Variant& variant : input.variants) {
    std::vector<double> bands, changes, betas;
    for (const auto& [step, probes] : probes_of(variant)) {
      for (const Probe* probe : probes) {
        const Descent& descent = probe->landscape.by_rate;
        bands.push_back(descent.loss.high - descent.loss.low);
        changes.push_back(descent.gradient_change.high);
        betas.push_back(descent.beta);
      }
    }
    if (bands.empty()) continue;
    text += fmt::format("<tr>{}{}{}{}</tr>\n", variant_cell(input, variant), extremes(bands),
                        extremes(changes), extremes(betas));
  }
  return text + close_table();
}

// At the last probed step; without running statistics there is no choice of them.
std::string accuracy_table(const ReportInput& input) {
  std::string rows;
  for (const Variant& variant : input.variants) {
    const ProbesByStep by_step = probes_of(variant);
    if (by_step.empty()) continue;
    const auto mean = [&](double StatisticsAccuracy::*which) {
      return percent_text(probe_mean(by_step.rbegin()->second, [&](const Probe& probe) {
        return probe.accuracy ? *probe.accuracy.*which : kNotMeasured;
      }));
    };
    const std::string running = mean(&StatisticsAccuracy::running);
    if (running == percent_text(kNotMeasured)) continue;
    rows += fmt::format("<tr>{}<td>{}</td><td>{}</td><td>{}</td></tr>\n",
                        variant_cell(input, variant), running,
                        mean(&StatisticsAccuracy::recalibrated), mean(&StatisticsAccuracy::batch));
  }
  if (rows.empty()) return "";
  return open_table("Held-out accuracy by statistics",
                    {"variant", "running", "recalibrated", "of the batch"}) +
         rows + close_table();
}

// An op's share of the time of a step, over all probes of a variant.
std::string time_table(const ReportInput& input) {
  std::vector<const Variant*> variants;
  std::vector<std::string> ops;
  std::map<std::pair<const Variant*, std::string>, double> milliseconds;
  std::map<const Variant*, double> total;
  for (const Variant& variant : input.variants) {
    int count = 0;
    for (const Run* run : variant.runs) {
      for (const Probe& probe : run->probes) {
        ++count;
        for (const OpTime& time : probe.time) {
          milliseconds[{&variant, time.op}] += time.milliseconds;
          total[&variant] += time.milliseconds;
          if (std::find(ops.begin(), ops.end(), time.op) == ops.end()) ops.push_back(time.op);
        }
      }
    }
    if (count == 0 || total[&variant] <= 0) continue;
    variants.push_back(&variant);
    for (auto& [key, sum] : milliseconds) {
      if (key.first == &variant) sum /= count;
    }
    total[&variant] /= count;
  }
  if (variants.empty()) return "";
  std::vector<std::string> columns{"op"};
  for (const Variant* variant : variants) {
    columns.push_back(swatch(input.axes, variant->place[input.axes.main]) +
                      html_escape(variant->name));
  }
  std::string text = open_table("Time of a step by op", columns);
  for (const std::string& op : ops) {
    text += fmt::format("<tr><th scope=\"row\">{}</th>", html_escape(op));
    for (const Variant* variant : variants) {
      const auto found = milliseconds.find({variant, op});
      text += found == milliseconds.end()
                  ? "<td>–</td>"
                  : fmt::format("<td>{:.3g} ms<small>{:.0f} %</small></td>", found->second,
                                100 * found->second / total[variant]);
    }
    text += "</tr>\n";
  }
  return text + close_table();
}

}  // namespace

std::string diagnostics_html(const ReportInput& input, FigureData& data) {
  if (!has_probes(input)) return "";
  std::string text = "<h2>Diagnostics</h2>\n<div class=\"charts\">\n";
  for (const ReportFigure& figure : landscape_figures(input)) text += figure_html(figure, data);
  text += "</div>\n<div class=\"heat plain\">" + landscape_table(input) + "</div>\n";
  const ProbedUnits probed = probed_units(input);
  if (probed.units > 0) {
    std::vector<std::string> units;
    for (std::size_t unit = 1; unit <= probed.units; ++unit) units.push_back(fmt::to_string(unit));
    text += "<h3>Activations</h3>\n<form class=\"controls\" autocomplete=\"off\">" +
            control("layer", "Layer", numbered(probed.layers)) +
            control("unit", "Unit", numbered(units)) + "</form>\n<div class=\"charts\">\n";
    for (const ReportFigure& figure : activation_figures(input)) text += figure_html(figure, data);
    text += "</div>\n";
  }
  text += layer_maps_html(input);
  text += "<div class=\"heat plain\">" + accuracy_table(input) + time_table(input) + "</div>\n";
  return text +
         "<p class=\"note\">Measured at single steps, with the batch of that step. Loss and "
         "gradient along the negative gradient, after 0.5 to 4 learning rates: band from the "
         "lowest to the highest of all seeds; line: the loss at the weights, and the greatest "
         "change, as means over the seeds. Activations on held-out images: line the median, band "
         "from the 15th to the 85th percentile, means over the seeds. Maps and tables: means over "
         "the seeds; the tint of all maps of a kind has one scale. A median stands beside each "
         "largest value, for single steps rule that one.</p>\n";
}

}  // namespace keel
