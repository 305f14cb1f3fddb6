#include "apps/report/report.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <keel/core/file.h>

#include "apps/report/curves.h"
#include "apps/report/diagnostics.h"
#include "apps/report/dots.h"
#include "apps/report/figure.h"
#include "apps/report/heat.h"
#include "apps/report/input.h"
#include "apps/report/method.h"
#include "apps/report/parts.h"
#include "apps/report/script.h"
#include "apps/report/sensitivity.h"
#include "apps/report/style.h"
#include "apps/report/table.h"
#include "apps/results/chance.h"
#include "apps/results/finding.h"
#include "apps/text/capitalized.h"
#include "apps/text/html.h"
#include "apps/text/number_text.h"

namespace keel {
namespace {

std::string page_style() {
  return fmt::format(":root {{{}}}{}{}", kLightColours, kChartStyle, kReportStyle);
}

class Page {
 public:
  explicit Page(const Comparison& comparison) : input_(comparison), axes_(input_.axes) {}

  std::string html() {
    head();
    opening();
    if (!input_.variants.empty()) {
      curves();
      text_ += heat_maps_html(input_);
      sensitivity();
      text_ += results_table_html(input_);
      text_ += diagnostics_html(input_, data_);
    }
    text_ += method_html(input_.comparison) + "</main>\n<p id=\"spoken\" role=\"status\"></p>\n";
    text_ +=
        fmt::format("<script type=\"application/json\" id=\"data\">{}</script>\n", data_.json());
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
                         html_escape(input_.comparison.title), page_style());
  }

  void opening() {
    const Finding finding = find(input_.comparison, input_.variants);
    text_ += fmt::format("<p class=\"eyebrow\"><b>{}</b>{}</p>\n<h1>{}</h1>\n",
                         html_escape(input_.comparison.title), subject(), prose(finding.headline));
    text_ += "<ul class=\"details\">";
    for (const std::string& sentence : finding.details) {
      text_ += fmt::format("<li>{}</li>", prose(sentence));
    }
    text_ += "</ul>\n";
    progress();
  }

  // What a person sees who watches a comparison; the script reloads the page then.
  void progress() {
    const std::vector<Run>& runs = input_.comparison.runs;
    const auto running = [](const Run& run) { return run.status == RunStatus::kRunning; };
    if (std::none_of(runs.begin(), runs.end(), running)) return;
    const auto over =
        std::count_if(runs.begin(), runs.end(), [](const Run& run) { return is_over(run.status); });
    text_ += fmt::format(
        "<p class=\"live\" role=\"status\">{} of {} runs are over. <span>Reload this page for what "
        "has come since.</span></p>\n",
        over, runs.size());
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
    std::string text;
    std::size_t epochs = 0;
    for (const Run& run : input_.comparison.runs) epochs = std::max(epochs, run.epochs.size());
    for (const std::string& part :
         {input_.comparison.model, epochs > 0 ? counted_text(epochs, "epoch") : "",
          counted_text(input_.comparison.runs.size(), "run") + ", " +
              counted_text(seeds_of(input_.comparison).size(), "seed"),
          input_.comparison.created.substr(0, 10)}) {
      if (!part.empty()) text += " · " + html_escape(part);
    }
    return text;
  }

  void figures(const std::vector<ReportFigure>& all) {
    for (const ReportFigure& figure : all) text_ += figure_html(figure, data_);
  }

  void curves() {
    const std::vector<std::string> splits = curve_splits(input_);
    text_ += fmt::format("<h2>{}</h2>\n<form class=\"controls\" autocomplete=\"off\">\n",
                         splits.empty() ? kFinalAccuracy : "Learning curves");
    for (const std::size_t axis : axes_.others()) {
      text_ += control(fmt::format("axis{}", axis),
                       html_escape(capitalized(axis_title(axes_.all[axis].setting))),
                       numbered(labels_of(axes_.all[axis])), input_.shown[axis]);
    }
    const bool logged =
        has_logged_steps(input_) && std::count(splits.begin(), splits.end(), "train") > 0;
    if (splits.size() > 1) {
      text_ += control("split", "Images", {{"test", "Test"}, {"train", "Training"}},
                       splits.front() == "train" ? 1 : 0);
    }
    if (!splits.empty()) {
      text_ += control("across", "Against",
                       {{"step", "Steps"}, {"epoch", "Epochs"}, {"seconds", "Time"}});
      text_ += scale_control();
    }
    if (logged) {
      text_ += control("smooth", "Smoothing of logged steps",
                       {{"none", "None"}, {"light", "Light"}, {"strong", "Strong"}}, 0,
                       {{"split", "train"}, {"across", "step"}});
    }
    text_ += "</form>\n";
    legend();
    text_ += "<div class=\"charts\">\n";
    figures(curve_figures(input_));
    for (const DotFigure& figure : dot_figures(input_)) text_ += dots_html(figure, input_.axes);
    text_ += "</div>\n";
    if (splits.empty()) return;
    text_ += fmt::format(
        "<p class=\"note\">Line: mean over the seeds that completed. Band: from the lowest to the "
        "highest of them. Thin lines: runs that did not complete.{}</p>\n",
        logged
            ? " Smoothing takes each run’s loss and accuracy at a logged step as the mean of that "
              "step and its neighbours: light the nearest 2 % of all logged steps, strong the "
              "nearest 10 %."
            : "");
  }

  void legend() {
    text_ += "<div class=\"legend\" role=\"group\" aria-label=\"Variants shown\">";
    for (std::size_t value = 0; value < axes_.main_axis().values.size(); ++value) {
      text_ += fmt::format(
          "<button type=\"button\" aria-pressed=\"true\" style=\"--c:{}\">{}{}</button>",
          series_colour(axes_, value), swatch(axes_, value),
          html_escape(axes_.main_axis().label(value)));
    }
    const bool diverged = std::any_of(input_.variants.begin(), input_.variants.end(),
                                      [](const Variant& v) { return v.diverged > 0; });
    if (diverged) text_ += "<span class=\"key\"><i>×</i> a run diverged</span>";
    text_ += "</div>\n";
  }

  void sensitivity() {
    const std::vector<ReportFigure> all = sensitivity_figures(input_);
    if (all.empty()) return;
    text_ += "<h2>Sensitivity</h2>\n<div class=\"charts\">\n";
    figures(all);
    text_ += "</div>\n" + stable_ranges_html(input_);
    text_ +=
        "<p class=\"note\">Dots: means over the seeds that completed; band: from the lowest to the "
        "highest of them; ×: a run diverged there. Best at: each variant’s own best setting. "
        "Within 10 points: the values around that best, all else as there, up to the first at "
        "which a run diverged or the mean accuracy is more than 10 points below it; in decades, "
        "that is powers of ten, where the values span one, with ≥ where nothing that was tried "
        "bounds the range." +
        near_chance() + "</p>\n";
  }

  std::string near_chance() const {
    if (std::isnan(input_.chance)) return "";
    return fmt::format(
        " Near chance: less than {:.3g} points above 1 / classes, so that no range says anything.",
        100 * learned_margin(input_.chance));
  }

  const ReportInput input_;
  const Axes& axes_;
  FigureData data_;
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
