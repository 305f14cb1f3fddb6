#include "apps/report_dots.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "apps/html.h"
#include "apps/number_text.h"
#include "apps/report_parts.h"
#include "apps/svg_chart.h"

namespace keel {
namespace {

std::vector<double> final_accuracies(const Variant& variant) {
  std::vector<double> accuracies;
  for (const Run* run : variant.runs) {
    const double accuracy = final_test_accuracy(*run);
    if (run->status == RunStatus::kCompleted && std::isfinite(accuracy)) {
      accuracies.push_back(accuracy);
    }
  }
  return accuracies;
}

// The stretch of accuracies that one figure shows, and where a value lies in it.
class Scale {
 public:
  explicit Scale(const std::vector<const Variant*>& variants) {
    double interval_low = 1, interval_high = 0;
    for (const Variant* variant : variants) {
      for (const double accuracy : final_accuracies(*variant)) {
        low_ = std::min(low_, accuracy);
        high_ = std::max(high_, accuracy);
      }
      const Summary& accuracy = variant->accuracy;
      if (!std::isfinite(accuracy.half_width)) continue;
      interval_low = std::min(interval_low, accuracy.mean - accuracy.half_width);
      interval_high = std::max(interval_high, accuracy.mean + accuracy.half_width);
    }
    // Of two seeds the interval can be so wide that the dots would fall into one; it is cut then.
    const double margin = std::max(0.1 * (high_ - low_), 0.002);
    const double reach = 5 * margin;
    low_ = std::max(0.0, std::min(low_, std::max(interval_low, low_ - reach)) - margin);
    high_ = std::min(1.0, std::max(high_, std::min(interval_high, high_ + reach)) + margin);
  }

  double percent(double accuracy) const {
    return std::clamp(100 * (accuracy - low_) / (high_ - low_), 0.0, 100.0);
  }
  std::vector<double> ticks() const { return round_ticks(100 * low_, 100 * high_, 4); }

 private:
  double low_ = 1, high_ = 0;
};

std::string interval_bar(const Summary& accuracy, const Scale& scale) {
  if (!std::isfinite(accuracy.half_width)) return "";
  const double left = scale.percent(accuracy.mean - accuracy.half_width);
  const double right = scale.percent(accuracy.mean + accuracy.half_width);
  return fmt::format("<i class=\"interval\" style=\"left:{:.2f}%;width:{:.2f}%\"></i>", left,
                     right - left);
}

std::string row(const Variant& variant, const Axes& axes, const Scale& scale) {
  const std::size_t value = variant.place[axes.main];
  std::string marks = interval_bar(variant.accuracy, scale);
  for (const double accuracy : final_accuracies(variant)) {
    marks += fmt::format("<i class=\"seed\" style=\"left:{:.2f}%\" title=\"{}\"></i>",
                         scale.percent(accuracy), percent_text(accuracy));
  }
  if (variant.accuracy.count > 1) {
    marks += fmt::format("<i class=\"mean\" style=\"left:{:.2f}%\"></i>",
                         scale.percent(variant.accuracy.mean));
  }
  return fmt::format(
      "<div class=\"row series\" data-series=\"{}\" style=\"--c:{}\"><span>{}</span>"
      "<span class=\"track\">{}</span><span>{}</span></div>\n",
      value, series_colour(axes, value), html_escape(variant.label), marks,
      percent_text(variant.accuracy.mean));
}

std::string axis(const Scale& scale) {
  std::string marks;
  const std::vector<double> ticks = scale.ticks();
  const bool fine = ticks.size() > 1 && ticks[1] - ticks[0] < 0.999;
  for (const double tick : ticks) {
    marks += fmt::format("<i style=\"left:{:.2f}%\">{} %</i>", scale.percent(tick / 100),
                         fixed_text(tick, fine ? 1 : 0));
  }
  return fmt::format(
      "<div class=\"row axis\" aria-hidden=\"true\"><span></span><span class=\"track\">{}</span>"
      "<span></span></div>",
      marks);
}

}  // namespace

std::string report_dots(const ReportInput& input) {
  const Axes& axes = input.axes;
  const std::vector<std::size_t> others = axes.others();
  std::string text;
  for (const Place& place : places_on(axes, others)) {
    std::vector<const Variant*> chosen;
    for (const Variant& variant : input.variants) {
      if (agree(others, variant.place, place)) chosen.push_back(&variant);
    }
    const bool known = std::any_of(chosen.begin(), chosen.end(),
                                   [](const Variant* v) { return v->accuracy.count > 0; });
    if (!known) continue;
    std::stable_sort(chosen.begin(), chosen.end(),
                     [](const Variant* a, const Variant* b) { return more_accurate(*a, *b); });
    const Scale scale(chosen);
    text += fmt::format(
        "<figure class=\"chart choosable dots\"{}{}><figcaption><b>Final test accuracy</b> <span>a "
        "dot for "
        "each seed, the mean and its 95 % interval</span></figcaption>\n",
        choice_attributes(place_choices(others, place)),
        agree(others, place, input.shown) ? "" : " hidden");
    for (const Variant* variant : chosen) text += row(*variant, axes, scale);
    text += axis(scale) + "</figure>\n";
  }
  return text;
}

}  // namespace keel
