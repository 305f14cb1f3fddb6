#include "apps/report.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <keel/core/file.h>

#include "apps/finding.h"
#include "apps/html.h"
#include "apps/number_text.h"
#include "apps/ranking.h"
#include "apps/report_charts.h"
#include "apps/report_dots.h"
#include "apps/report_script.h"
#include "apps/report_style.h"
#include "apps/statistics.h"

namespace keel {
namespace {

class Page {
 public:
  explicit Page(const Comparison& comparison)
      : comparison_(comparison),
        variants_(summarize_variants(comparison)),
        axes_(axes_of(comparison)),
        ranking_(rank(variants_)) {
    for (const Variant& variant : variants_) {
      if (variant.accuracy.count == 0) continue;
      if (best_ == nullptr || ranks_before(variant, *best_)) best_ = &variant;
    }
  }

  std::string html() {
    head();
    opening();
    if (!variants_.empty()) {
      curves();
      heat_maps();
      table();
    }
    method();
    reproduction();
    text_ += "</main>\n";
    text_ += fmt::format("<script type=\"application/json\" id=\"data\">{}</script>\n",
                         report_data(variants_, axes_));
    text_ += fmt::format("<script>{}</script>\n</body>\n</html>\n", kReportScript);
    return std::move(text_);
  }

 private:
  void head() {
    text_ +=
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        // The page keeps its promise to fetch nothing, whatever a string in it says.
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
        "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n";
    text_ += fmt::format("<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n",
                         html_escape(comparison_.title), kReportStyle);
  }

  void opening() {
    const Finding finding = find(comparison_, variants_);
    text_ += fmt::format("<p class=\"eyebrow\"><b>{}</b>{}</p>\n<h1>{}</h1>\n",
                         html_escape(comparison_.title), subject(), prose(finding.headline));
    text_ += "<ul class=\"details\">";
    for (const std::string& sentence : finding.details) {
      text_ += fmt::format("<li>{}</li>", prose(sentence));
    }
    text_ += "</ul>\n";
  }

  // Escaped, and with no line break between a number and its percent sign.
  static std::string prose(std::string_view sentence) {
    std::string text = html_escape(sentence);
    for (std::size_t at = 0; (at = text.find(" %", at)) != std::string::npos;) {
      text.replace(at, 1, "&nbsp;");
    }
    return text;
  }

  std::string subject() const {
    std::set<std::uint64_t> seeds;
    for (const Run& run : comparison_.runs) seeds.insert(run.seed);
    std::string text;
    for (const std::string& part : {comparison_.model, comparison_.dataset,
                                    fmt::format("{} runs, {} seed{}", comparison_.runs.size(),
                                                seeds.size(), seeds.size() == 1 ? "" : "s"),
                                    comparison_.created.substr(0, 10)}) {
      if (!part.empty()) text += " · " + html_escape(part);
    }
    return text;
  }

  struct Choice {
    std::string value, label;
  };

  void control(std::string_view name, std::string_view legend, const std::vector<Choice>& choices,
               std::size_t chosen) {
    if (choices.size() < 2) return;
    text_ += fmt::format("<fieldset><legend>{}</legend><div class=\"segments\">", legend);
    for (std::size_t i = 0; i < choices.size(); ++i) {
      text_ += fmt::format(
          "<label><input type=\"radio\" name=\"{}\" value=\"{}\"{}><span>{}</span></label>", name,
          choices[i].value, i == chosen ? " checked" : "", html_escape(choices[i].label));
    }
    text_ += "</div></fieldset>\n";
  }

  static std::vector<Choice> numbered(const std::vector<std::string>& labels) {
    std::vector<Choice> choices;
    for (const std::string& label : labels) {
      choices.push_back({fmt::format("{}", choices.size()), label});
    }
    return choices;
  }

  std::string swatch(std::size_t value) const {
    return fmt::format("<span class=\"swatch{}\" style=\"--c:{}\"></span>",
                       series_dashed(axes_, value) ? " dashed" : "", series_colour(axes_, value));
  }

  // How the page calls an axis at the head of something: "Learning rate".
  static std::string heading(const Axis& axis) {
    std::string title = axis_title(axis.setting);
    title.front() = static_cast<char>(std::toupper(title.front()));
    return html_escape(title);
  }

  void curves() {
    const Place& shown = (best_ != nullptr ? *best_ : variants_.front()).place;
    text_ += "<h2>Learning curves</h2>\n<form class=\"controls\" autocomplete=\"off\">\n";
    for (const std::size_t axis : axes_.others()) {
      control(fmt::format("axis{}", axis), heading(axes_.all[axis]),
              numbered(axes_.all[axis].values), shown[axis]);
    }
    control("split", "Images", {{"test", "Test"}, {"train", "Training"}}, 0);
    control("across", "Against", {{"step", "Steps"}, {"seconds", "Time"}}, 0);
    control("scale", "Loss", {{"linear", "Linear"}, {"log", "Log"}}, 0);
    text_ += "</form>\n<div class=\"legend\" role=\"group\" aria-label=\"Variants shown\">";
    for (std::size_t value = 0; value < axes_.main_axis().values.size(); ++value) {
      text_ += fmt::format(
          "<button type=\"button\" aria-pressed=\"true\" style=\"--c:{}\">{}{}</button>",
          series_colour(axes_, value), swatch(value), html_escape(axes_.main_axis().values[value]));
    }
    const bool diverged = std::any_of(variants_.begin(), variants_.end(),
                                      [](const Variant& v) { return v.diverged > 0; });
    if (diverged) text_ += "<span class=\"key\"><i>×</i> a run diverged</span>";
    text_ += "</div>\n<div class=\"charts\">\n" + report_figures(variants_, axes_, shown) +
             report_dots(variants_, axes_, shown) +
             "</div>\n<p class=\"note\">Line: mean over the seeds that completed. Band: from the "
             "lowest to the highest of them. Thin lines: runs that did not complete.</p>\n";
  }

  const Variant* variant_at(const Place& place) const {
    const auto found = std::find_if(variants_.begin(), variants_.end(),
                                    [&](const Variant& v) { return v.place == place; });
    return found == variants_.end() ? nullptr : &*found;
  }

  // The axis that heat maps have across: of those that vary besides the main one the longest.
  std::size_t axis_across() const {
    const std::vector<std::size_t> others = axes_.others();
    return *std::max_element(others.begin(), others.end(), [&](std::size_t a, std::size_t b) {
      return axes_.all[a].values.size() < axes_.all[b].values.size();
    });
  }

  // "Batch size 64, depth 3": what a heat map holds fixed.
  std::string fixed_settings(const Place& place, std::size_t across) const {
    std::string text;
    for (const std::size_t axis : axes_.others()) {
      if (axis == across) continue;
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", heading(axes_.all[axis]),
                          html_escape(axes_.all[axis].values[place[axis]]));
    }
    return text;
  }

  void heat_maps() {
    if (axes_.others().empty()) return;
    text_ += "<h2>Final test accuracy by setting</h2>\n<div class=\"heat\">\n";
    const std::size_t across = axis_across();
    for (const Place& place : other_places(axes_)) {
      if (place[across] == 0) heat_map(place, across);
    }
    text_ +=
        "</div>\n<p class=\"note\">Mean over the completed seeds; the stronger the tint, the more "
        "accurate. Below it, the runs that diverged.</p>\n";
  }

  void heat_map(Place place, std::size_t across) {
    double low = 1, high = 0;
    for (const Variant& variant : variants_) {
      if (variant.accuracy.count == 0) continue;
      low = std::min(low, variant.accuracy.mean);
      high = std::max(high, variant.accuracy.mean);
    }
    const Axis& columns = axes_.all[across];
    const std::string fixed = fixed_settings(place, across);
    text_ += fmt::format(
        "<div><h3>{}</h3><div class=\"scroll\" tabindex=\"0\" role=\"region\" "
        "aria-label=\"Final test accuracy {}\"><table><thead><tr><th scope=\"col\">{}</th>",
        fixed, fixed, html_escape(axis_title(columns.setting)));
    for (const std::string& value : columns.values) {
      text_ += fmt::format("<th scope=\"col\">{}</th>", html_escape(value));
    }
    text_ += "</tr></thead><tbody>\n";
    for (std::size_t value = 0; value < axes_.main_axis().values.size(); ++value) {
      text_ += fmt::format("<tr><th scope=\"row\">{}{}</th>", swatch(value),
                           html_escape(axes_.main_axis().values[value]));
      place[axes_.main] = value;
      for (place[across] = 0; place[across] < columns.values.size(); ++place[across]) {
        heat_cell(variant_at(place), low, high);
      }
      text_ += "</tr>\n";
    }
    text_ += "</tbody></table></div></div>\n";
  }

  void heat_cell(const Variant* variant, double low, double high) {
    if (variant == nullptr) {
      text_ += "<td class=\"none\">–</td>";
      return;
    }
    const std::string diverged = variant->diverged > 0
                                     ? fmt::format("<small class=\"bad\">{} of {} diverged</small>",
                                                   variant->diverged, variant->runs.size())
                                     : "";
    if (variant->accuracy.count == 0) {
      text_ += fmt::format("<td class=\"none\">–{}</td>", diverged);
      return;
    }
    const double share = high > low ? (variant->accuracy.mean - low) / (high - low) : 1;
    text_ += fmt::format("<td{} style=\"--share:{:.3f}\">{}{}</td>",
                         variant == best_ ? " class=\"best\"" : "", share,
                         percent_text(variant->accuracy.mean), diverged);
  }

  void column(std::string_view label, std::string_view first_order, bool sorted = false) {
    text_ += fmt::format(
        "<th scope=\"col\" data-sort=\"{0}\"{1}><button type=\"button\">{2}</button></th>",
        first_order, sorted ? fmt::format(" aria-sort=\"{}\"", first_order) : "", label);
  }

  // `value` is what the column sorts by.
  void cell(const std::string& content, double value, const std::string& below = "") {
    text_ += fmt::format("<td data-value=\"{}\">{}{}</td>",
                         std::isfinite(value) ? fmt::format("{:.8g}", value) : "", content,
                         below.empty() ? "" : fmt::format("<small>{}</small>", below));
  }

  void table() {
    text_ +=
        "<h2>Results</h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
        "aria-label=\"Results\"><table><thead><tr>";
    column(html_escape(axis_title(axes_.main_axis().setting)), "ascending");
    for (const std::size_t axis : axes_.others()) {
      column(html_escape(axis_title(axes_.all[axis].setting)), "ascending");
    }
    column("rank", "ascending");
    column("final test<br>accuracy", "descending", true);
    column("against<br>" + html_escape(axes_.baseline), "descending");
    column("area under<br>the curve", "descending");
    column("final test<br>loss", "ascending");
    if (comparison_.target_accuracy) {
      column(fmt::format("steps to<br>{:.4g} %", 100 * *comparison_.target_accuracy), "ascending");
      column(fmt::format("seconds to<br>{:.4g} %", 100 * *comparison_.target_accuracy),
             "ascending");
    }
    column("images/s", "descending");
    column("× " + html_escape(axes_.baseline), "descending");
    column("peak<br>memory", "ascending");
    column("diverged", "descending");
    text_ += "</tr></thead><tbody>\n";
    std::vector<const Variant*> order;
    for (const Variant& variant : variants_) order.push_back(&variant);
    std::stable_sort(order.begin(), order.end(),
                     [](const Variant* a, const Variant* b) { return more_accurate(*a, *b); });
    for (const Variant* variant : order) row(*variant);
    text_ += "</tbody></table></div>\n";
    text_ +=
        "<p class=\"note\">Mean ± sample deviation over the completed seeds, below it the "
        "95 % interval of the mean. The best variant is tinted. Rank: of the values of the first "
        "column, each at its best other settings; ≈: chance may be all that parts it from the "
        "next.</p>\n";
  }

  static std::string interval(const Summary& summary, std::string (*text)(double)) {
    if (!std::isfinite(summary.half_width)) return "";
    return fmt::format("{} to {}", text(summary.mean - summary.half_width),
                       text(summary.mean + summary.half_width));
  }

  // An accuracy beyond 0 or 100 % would only puzzle the reader.
  static std::string bare_percent(double fraction) {
    return fixed_text(100 * std::clamp(fraction, 0.0, 1.0), 2);
  }

  void row(const Variant& variant) {
    text_ +=
        fmt::format("<tr{}><th scope=\"row\">{}{}</th>", &variant == best_ ? " class=\"best\"" : "",
                    swatch(variant.place[axes_.main]), html_escape(variant.label));
    for (const std::size_t axis : axes_.others()) {
      text_ += fmt::format("<td>{}</td>", html_escape(axes_.all[axis].values[variant.place[axis]]));
    }
    rank_cell(variant);
    cell(accuracy_text(variant.accuracy), variant.accuracy.mean,
         interval(variant.accuracy, bare_percent));
    const bool is_baseline = variant.is_baseline;
    cell(is_baseline ? "–" : points_text(variant.accuracy_difference.mean),
         variant.accuracy_difference.mean,
         is_baseline ? "" : interval(variant.accuracy_difference, points_text));
    cell(fixed_text(variant.area.mean, 3), variant.area.mean);
    cell(significant_text(variant.loss.mean, 4), variant.loss.mean);
    if (comparison_.target_accuracy) {
      target_cells(variant.target);
    }
    cell(count_text(variant.images_per_second.mean), variant.images_per_second.mean);
    cell(fixed_text(variant.speed_ratio, 2), variant.speed_ratio);
    std::int64_t memory = 0;
    for (const Run* run : variant.runs) memory = std::max(memory, run->peak_memory_bytes);
    cell(memory > 0 ? bytes_text(memory) : "–",
         memory > 0 ? static_cast<double>(memory) : kNotMeasured);
    cell(variant.diverged > 0 ? fmt::format("<span class=\"bad\">{} of {}</span>", variant.diverged,
                                            variant.runs.size())
                              : fmt::format("0 of {}", variant.runs.size()),
         variant.diverged,
         variant.unfinished > 0 ? fmt::format("{} unfinished", variant.unfinished) : "");
    text_ += "</tr>\n";
  }

  void rank_cell(const Variant& variant) {
    const auto found = std::find_if(ranking_.begin(), ranking_.end(), [&](const Ranked& ranked) {
      return ranked.variant == &variant;
    });
    const bool ranked = found != ranking_.end();
    cell(ranked ? rank_text(ranking_, variant) : "–",
         ranked ? static_cast<double>(found - ranking_.begin()) : kNotMeasured);
  }

  // A censored time has no place among the numbers and sorts behind them.
  void target_cells(const TargetSummary& target) {
    if (target.not_reached == 0) {
      cell(steps_to_target_text(target), target.steps.mean);
      cell(seconds_to_target_text(target), target.seconds.mean);
      return;
    }
    const std::string missed =
        fmt::format("{} of {}", target.not_reached, target.not_reached + target.reached);
    const auto with_rest = [&](const std::string& mean) {
      return target.reached == 0 ? missed : fmt::format("{}, others {}", missed, mean);
    };
    cell("not reached", kNotMeasured, with_rest(count_text(target.steps.mean)));
    cell("not reached", kNotMeasured, with_rest(count_text(target.seconds.mean)));
  }

  void definition(std::string_view term, const std::string& text) {
    text_ += fmt::format("<dt>{}</dt><dd>{}</dd>\n", html_escape(term), text);
  }

  void method() {
    text_ +=
        "<h2>Method and means to repeat it</h2>\n<details><summary>How the numbers came about"
        "</summary><div><dl class=\"method\">\n";
    definition("Final accuracy and loss",
               "Those of the last epoch on the test images, never the best epoch's. Only runs that "
               "completed count; diverged runs are counted in a column of their own.");
    definition(
        "± and interval",
        "± is the sample deviation over the seeds (divisor n − 1). The 95 % interval of a "
        "mean is ± t(0.975, n − 1) · deviation / √n, with Student's t; one seed has none. It "
        "takes the seeds' results for normally distributed.");
    definition("Rank",
               "By mean final accuracy, each value of the first column at its own best setting of "
               "the others; those with diverged runs behind those without. “≈” stands where the "
               "95 % interval of the paired difference to the next one includes zero, or fewer "
               "than two seeds completed both.");
    definition("Area under the curve",
               "Of the test accuracy over the steps, by the trapezoid rule from the first to the "
               "last epoch, divided by the steps between them: 1 is perfect from the first epoch "
               "on. The mean over the seeds that completed.");
    definition("Against the baseline",
               "The mean over seeds of the difference to the baseline’s run with the same other "
               "settings and seed, in percentage points, with its 95 % interval. The sentences at "
               "the top compare each variant at its own best setting, chosen by the same test "
               "accuracy: with many settings, that favours the luckier ones. Intervals are not "
               "corrected for the number of comparisons.");
    definition("Steps and seconds to the target",
               "Where the test accuracy first reaches the target, measured after each epoch and "
               "interpolated linearly between epochs. Seconds are training alone, without "
               "evaluation. A run that never gets there is counted as not reached, and a mean is "
               "shown only when every run got there.");
    definition("Images/s",
               "The median over a run's epochs, averaged over runs; “×” divides it by that of the "
               "baseline’s runs with the same other settings.");
    definition("Diverged",
               "A run that met a loss or an output that is not finite, and stopped there.");
    text_ += "</dl></div></details>\n";
  }

  // Each word in a span, in which no line breaks: a browser would break "--lr" behind its hyphens.
  void command(const std::string& line) {
    text_ += "<div class=\"command\"><code>";
    for (std::size_t begin = 0; begin < line.size();) {
      const std::size_t end = std::min(line.find(' ', begin), line.size());
      text_ += fmt::format("{}<span>{}</span>", begin == 0 ? "" : " ",
                           html_escape(line.substr(begin, end - begin)));
      begin = end + 1;
    }
    text_ += "</code><button type=\"button\">Copy</button></div>\n";
  }

  void reproduction() {
    text_ += "<details><summary>Commands</summary><div>\n<h3>The comparison</h3>\n";
    command(comparison_.command);
    text_ += "<h3>Each run</h3>\n";
    for (const Run& run : comparison_.runs) {
      text_ += fmt::format("<p class=\"state\">{}: {}{}</p>", html_escape(run.id),
                           run_status_name(run.status), divergence(run));
      command(run.command);
    }
    text_ += "</div></details>\n<details><summary>Environment and data</summary><div><dl>\n";
    definition("Keel", html_escape(comparison_.keel_version));
    definition("Model", html_escape(comparison_.model) + parameters());
    definition(
        "Data",
        html_escape(comparison_.dataset) +
            (comparison_.dataset_note.empty() ? "" : ": " + html_escape(comparison_.dataset_note)));
    definition("Created", html_escape(comparison_.created));
    for (const auto& [key, value] : comparison_.environment.items()) {
      definition(key, html_escape(value.is_string() ? value.get<std::string>() : value.dump()));
    }
    text_ += "</dl></div></details>\n";
  }

  static std::string divergence(const Run& run) {
    if (!run.diverged) return "";
    return fmt::format(" at step {} in {}", count_text(static_cast<double>(run.diverged->step)),
                       html_escape(run.diverged->layer));
  }

  // Normalisations differ in their parameters, so this is a range.
  std::string parameters() const {
    if (comparison_.runs.empty()) return "";
    const auto [fewest, most] =
        std::minmax_element(comparison_.runs.begin(), comparison_.runs.end(),
                            [](const Run& a, const Run& b) { return a.parameters < b.parameters; });
    const std::string low = count_text(static_cast<double>(fewest->parameters));
    const std::string high = count_text(static_cast<double>(most->parameters));
    return fmt::format(", {} parameters", low == high ? low : low + " to " + high);
  }

  const Comparison& comparison_;
  std::vector<Variant> variants_;
  Axes axes_;
  std::vector<Ranked> ranking_;
  const Variant* best_ = nullptr;
  std::string text_;
};

}  // namespace

std::string report_html(const Comparison& comparison) {
  return Page(comparison).html();
}

void write_report(const Comparison& comparison, const std::filesystem::path& path) {
  write_file_atomically(path, report_html(comparison));
}

}  // namespace keel
