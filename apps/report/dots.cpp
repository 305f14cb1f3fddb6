#include "apps/report/dots.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "apps/report/selection.h"
#include "apps/report/svg.h"
#include "apps/text/display_width.h"
#include "apps/text/html.h"
#include "apps/text/number_text.h"
#include "apps/text/svg_chart.h"

namespace keel {
namespace {

constexpr const char* kWhat = "a dot for each seed, the mean and its 95 % interval";

std::string what(const DotFigure& figure) {
  return (figure.caption.empty() ? "" : figure.caption + ": ") + kWhat;
}

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
  std::string label(double tick) const {
    const std::vector<double> all = ticks();
    const bool fine = all.size() > 1 && all[1] - all[0] < 0.999;
    return fixed_text(tick, fine ? 1 : 0) + " %";
  }

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
  for (const double tick : scale.ticks()) {
    marks += fmt::format("<i style=\"left:{:.2f}%\">{}</i>", scale.percent(tick / 100),
                         scale.label(tick));
  }
  return fmt::format(
      "<div class=\"row axis\" aria-hidden=\"true\"><span></span><span class=\"track\">{}</span>"
      "<span></span></div>",
      marks);
}

// A row for each variant and one for the axis, in the units of the drawing.
class Drawing {
 public:
  Drawing(const DotFigure& figure, const Axes& axes)
      : figure_(figure), axes_(axes), scale_(figure.variants) {
    for (const Variant* variant : figure.variants) {
      left_ = std::max(left_,
                       kMargin + kLetter * static_cast<double>(display_width(variant->label) + 2));
    }
  }

  double width() const { return left_ + kTrack + kValue; }
  double height() const { return y_of(figure_.variants.size()) + 30; }

  std::string text() {
    const double end = y_of(figure_.variants.size());
    for (const double tick : scale_.ticks()) {
      const double x = x_of(tick / 100);
      text_ += fmt::format(R"(<path class="grid" d="M{0:.2f} 0V{1}"/>)"
                           R"(<text class="across" x="{0:.2f}" y="{2}">{3}</text>)",
                           x, end, end + 18, scale_.label(tick));
    }
    for (std::size_t i = 0; i < figure_.variants.size(); ++i) {
      add_row(*figure_.variants[i], y_of(i) + kRow / 2);
    }
    return "<g class=\"lines\">" + text_ + "</g>";
  }

 private:
  static constexpr double kMargin = 16, kLetter = 7, kTrack = 400, kValue = 80, kRow = 26;

  static double y_of(std::size_t row) { return 4 + static_cast<double>(row) * kRow; }
  double x_of(double accuracy) const { return left_ + kTrack * scale_.percent(accuracy) / 100; }

  void add_row(const Variant& variant, double y) {
    const Summary& accuracy = variant.accuracy;
    text_ += fmt::format(R"(<g style="color:{}"><text class="up" x="{}" y="{}">{}</text>)",
                         series_colour(axes_, variant.place[axes_.main]), left_ - 14, y + 4,
                         html_escape(variant.label));
    if (std::isfinite(accuracy.half_width)) {
      text_ += fmt::format(R"(<path class="line" d="M{:.2f} {}H{:.2f}" style="stroke-width:5;)"
                           R"(stroke-opacity:0.3"/>)",
                           x_of(accuracy.mean - accuracy.half_width), y,
                           x_of(accuracy.mean + accuracy.half_width));
    }
    for (const double one : final_accuracies(variant)) {
      text_ += fmt::format(R"(<circle class="dot" cx="{:.2f}" cy="{}" r="4.5"/>)", x_of(one), y);
    }
    if (accuracy.count > 1) {
      text_ += fmt::format(R"(<path class="line" d="M{:.2f} {}v18"/>)", x_of(accuracy.mean), y - 9);
    }
    text_ += fmt::format(R"(<text x="{}" y="{}">{}</text></g>)", left_ + kTrack + 14, y + 4,
                         percent_text(accuracy.mean));
  }

  const DotFigure& figure_;
  const Axes& axes_;
  Scale scale_;
  double left_ = 60;
  std::string text_;
};

}  // namespace

std::vector<DotFigure> dot_figures(const ReportInput& input) {
  const bool nothing_else_varies = input.axes.others().empty();
  std::vector<DotFigure> figures;
  for (const Selection& selection : selections(input)) {
    DotFigure figure{.caption = nothing_else_varies ? "" : selection.caption,
                     .choices = selection.choices,
                     .variants = selection.variants,
                     .shown = selection.shown};
    const bool known = std::any_of(figure.variants.begin(), figure.variants.end(),
                                   [](const Variant* v) { return v->accuracy.count > 0; });
    if (!known) continue;
    std::stable_sort(figure.variants.begin(), figure.variants.end(),
                     [](const Variant* a, const Variant* b) { return more_accurate(*a, *b); });
    figures.push_back(std::move(figure));
  }
  return figures;
}

std::string dots_html(const DotFigure& figure, const Axes& axes) {
  const Scale scale(figure.variants);
  std::string text = fmt::format(
      "<figure class=\"chart choosable dots\"{}{}><figcaption><b>{}</b> <span>{}</span>"
      "</figcaption>\n",
      choice_attributes(figure.choices), figure.shown ? "" : " hidden", kFinalAccuracy,
      html_escape(what(figure)));
  for (const Variant* variant : figure.variants) text += row(*variant, axes, scale);
  return text + axis(scale) + "</figure>\n";
}

std::string dots_svg(const DotFigure& figure, const Axes& axes) {
  Drawing drawing(figure, axes);
  return svg_file({kFinalAccuracy, what(figure)}, drawing.width(), drawing.height(),
                  drawing.text());
}

}  // namespace keel
