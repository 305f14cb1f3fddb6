#include "apps/report/table.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "apps/report/parts.h"
#include "apps/report/sortable.h"
#include "apps/results/statistics_text.h"
#include "apps/text/html.h"
#include "apps/text/number_text.h"

namespace keel {
namespace {

class ResultsTable {
 public:
  explicit ResultsTable(const ReportInput& input)
      : input_(input), axes_(input.axes), has_areas_(has_areas(input.variants)) {}

  std::string html() {
    text_ = "<h2>Results</h2>\n" + open_scroll("Results") + "<table><thead><tr>";
    column(html_escape(axis_title(axes_.main_axis().setting)), SortOrder::kAscending);
    for (const std::size_t axis : axes_.others()) {
      column(html_escape(axis_title(axes_.all[axis].setting)), SortOrder::kAscending);
    }
    column("rank", SortOrder::kAscending);
    column("final test<br>accuracy", SortOrder::kDescending, true);
    column("diverged", SortOrder::kDescending);
    column("against<br>" + html_escape(axes_.baseline), SortOrder::kDescending);
    if (has_areas_) column("area under<br>the curve", SortOrder::kDescending);
    column("final test<br>loss", SortOrder::kAscending);
    if (const auto& target = input_.comparison.target_accuracy) {
      column(fmt::format("steps to<br>{:.4g} %", 100 * *target), SortOrder::kAscending);
      column(fmt::format("seconds to<br>{:.4g} %", 100 * *target), SortOrder::kAscending);
    }
    column("images/s", SortOrder::kDescending);
    column("× " + html_escape(axes_.baseline), SortOrder::kDescending);
    column("tensor<br>memory", SortOrder::kAscending);
    text_ += "</tr></thead><tbody>\n";
    std::vector<const Variant*> order;
    for (const Variant& variant : input_.variants) order.push_back(&variant);
    std::stable_sort(order.begin(), order.end(),
                     [](const Variant* a, const Variant* b) { return more_accurate(*a, *b); });
    for (const Variant* variant : order) row(*variant);
    text_ += std::string("</tbody></table>") + kCloseScroll;
    text_ +=
        "<p class=\"note\">Mean ± sample deviation over the completed seeds, below it the "
        "95 % interval of the mean; Δ: that of the difference to the baseline. The best variant is "
        "tinted. Rank: of the values of the first "
        "column, each at its best other settings; ≈: chance may be all that parts it from the "
        "next.</p>\n";
    return std::move(text_);
  }

 private:
  void column(std::string_view label, SortOrder first, bool sorted = false) {
    text_ += sortable_head(label, first, sorted);
  }

  void cell(std::string_view content, double value, std::string_view below = "") {
    text_ += sortable_cell(content, value, below);
  }

  void row(const Variant& variant) {
    text_ += fmt::format("<tr{}><th scope=\"row\">{}{}</th>",
                         &variant == input_.best ? " class=\"best\"" : "",
                         swatch(axes_, variant.place[axes_.main]), html_escape(variant.label));
    for (const std::size_t axis : axes_.others()) {
      text_ += fmt::format("<td>{}</td>", html_escape(axes_.all[axis].values[variant.place[axis]]));
    }
    rank_cell(variant);
    cell(accuracy_text(variant.accuracy), variant.accuracy.mean,
         has_interval(variant.accuracy) ? accuracy_interval_text(variant.accuracy) : "");
    diverged_cell(variant);
    const bool is_baseline = variant.is_baseline;
    cell(is_baseline ? kNothingText : points_text(variant.accuracy_difference.mean),
         variant.accuracy_difference.mean,
         !is_baseline && has_interval(variant.accuracy_difference)
             ? points_interval_text(variant.accuracy_difference)
             : "");
    if (has_areas_) {
      cell(fixed_text(variant.area.mean, 3), variant.area.mean,
           difference_text(variant, variant.area_difference));
    }
    cell(significant_text(variant.loss.mean, 4), variant.loss.mean,
         difference_text(variant, variant.loss_difference));
    if (input_.comparison.target_accuracy) {
      target_cells(variant.target);
    }
    const Summary& speed = variant.images_per_second;
    cell(count_text(speed.mean), speed.mean,
         std::isfinite(speed.deviation) ? "± " + count_text(speed.deviation) : "");
    cell(fixed_text(variant.speed_ratio, 2), variant.speed_ratio);
    const std::int64_t memory = variant.peak_tensor_bytes;
    cell(memory > 0 ? bytes_text(memory) : kNothingText,
         memory > 0 ? static_cast<double>(memory) : kNotMeasured);
    text_ += "</tr>\n";
  }

  static bool has_interval(const Summary& summary) { return std::isfinite(summary.half_width); }

  // "Δ +0.0120 to +0.0340": the interval of the difference to the baseline.
  static std::string difference_text(const Variant& variant, const Summary& difference) {
    if (variant.is_baseline || !has_interval(difference)) return "";
    return fmt::format("Δ {} to {}", signed_text(difference.mean - difference.half_width, 3),
                       signed_text(difference.mean + difference.half_width, 3));
  }

  void diverged_cell(const Variant& variant) {
    cell(variant.diverged > 0 ? fmt::format("<span class=\"bad\">{} of {}</span>", variant.diverged,
                                            variant.runs.size())
                              : fmt::format("0 of {}", variant.runs.size()),
         variant.diverged,
         variant.failed > 0       ? fmt::format("{} failed", variant.failed)
         : variant.unfinished > 0 ? fmt::format("{} unfinished", variant.unfinished)
                                  : "");
  }

  void rank_cell(const Variant& variant) {
    const auto rank = rank_of(input_.ranking, variant);
    cell(rank ? rank_text(input_.ranking, variant) : kNothingText,
         rank ? static_cast<double>(*rank) : kNotMeasured);
  }

  // A censored time has no place among the numbers and sorts behind them.
  void target_cells(const TargetSummary& target) {
    if (target.not_reached == 0) {
      const double epochs = target.epochs.mean;
      cell(steps_to_target_text(target), target.steps.mean,
           std::isfinite(epochs) ? fmt::format("{:.3g} epochs", epochs) : "");
      cell(seconds_to_target_text(target), target.seconds.mean);
      return;
    }
    const std::string missed =
        fmt::format("{} of {}", target.not_reached, target.not_reached + target.reached);
    cell("not reached", kNotMeasured, missed);
    cell("not reached", kNotMeasured, missed);
  }

  const ReportInput& input_;
  const Axes& axes_;
  const bool has_areas_;
  std::string text_;
};

}  // namespace

std::string results_table_html(const ReportInput& input) {
  return ResultsTable(input).html();
}

}  // namespace keel
