#include "apps/text/svg_chart.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "apps/text/html.h"
#include "apps/text/number_text.h"

namespace keel {
namespace {

// The plot's box, in the units of the viewBox.
constexpr double kLeft = 64, kRight = 544, kTop = 14, kBottom = 276;

// Where a value lies between the ends of an axis: 0 at low, 1 at high.
double position(const ChartAxis& axis, double value) {
  if (axis.logarithmic) return std::log(value / axis.low) / std::log(axis.high / axis.low);
  return (value - axis.low) / (axis.high - axis.low);
}

class Drawing {
 public:
  explicit Drawing(const LineChart& chart) : chart_(chart) {}

  std::string text() {
    open();
    draw_axes();
    text_ += fmt::format(
        R"(<svg class="plot" x="{0}" y="{1}" width="{2}" height="{3}" viewBox="{0} {1} {2} {3}">)",
        kLeft, kTop, kRight - kLeft, kBottom - kTop);
    for (const ChartSeries& series : chart_.series) draw_lines(series);
    text_ += "</svg>";
    for (const ChartSeries& series : chart_.series) draw_marks(series);
    text_ += "</svg>\n";
    return std::move(text_);
  }

 private:
  double x(double value) const { return kLeft + (kRight - kLeft) * position(chart_.x, value); }
  double y(double value) const { return kBottom - (kBottom - kTop) * position(chart_.y, value); }

  void open() {
    text_ += fmt::format(
        R"(<svg class="lines" viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="img" )"
        R"(aria-label="{2}" data-box="{3} {4} {5} {6}" )"
        R"(data-ranges="{7:.6g} {8:.6g} {9:.6g} {10:.6g}" data-logarithmic="{11:d} {12:d}">)",
        kChartWidth, kChartHeight, html_escape(chart_.label), kLeft, kRight, kTop, kBottom,
        chart_.x.low, chart_.x.high, chart_.y.low, chart_.y.high, chart_.x.logarithmic,
        chart_.y.logarithmic);
  }

  // As many decimals as the distance of the ticks needs.
  static std::string tick_text(const ChartAxis& axis, double tick, double distance) {
    const double shown = tick / axis.unit;
    if (axis.logarithmic || !axis.ticks.empty()) return fmt::format("{:.6g}{}", shown, axis.suffix);
    const double magnitude = std::floor(std::log10(distance / axis.unit) + 1e-9);
    const int decimals = static_cast<int>(std::max(0.0, -magnitude));
    constexpr double kWidest = 1e7;  // that has room beside the chart
    if (std::max(std::fabs(axis.low), std::fabs(axis.high)) >= kWidest * axis.unit) {
      return fmt::format("{:.3g}{}", shown, axis.suffix);
    }
    return (decimals == 0 ? count_text(shown) : fixed_text(shown, decimals)) + axis.suffix;
  }

  static std::vector<double> ticks(const ChartAxis& axis, int count) {
    if (!axis.ticks.empty()) return axis.ticks;
    if (axis.logarithmic) return logarithmic_ticks(axis.low, axis.high);
    std::vector<double> values = round_ticks(axis.low / axis.unit, axis.high / axis.unit, count);
    for (double& value : values) value *= axis.unit;
    return values;
  }

  void draw_axes() {
    constexpr int kTicks = 5;
    const std::vector<double> across = ticks(chart_.x, kTicks), up = ticks(chart_.y, kTicks);
    const auto distance = [](const std::vector<double>& values) {
      return values.size() > 1 ? values[1] - values[0] : 1;
    };
    text_ += R"(<g class="axis" aria-hidden="true">)";
    for (const double tick : up) {
      text_ +=
          fmt::format(R"(<path class="grid" d="M{:.1f} {:.1f}H{:.1f}"/>)", kLeft, y(tick), kRight);
      text_ += fmt::format(R"(<text class="up" x="{:.1f}" y="{:.1f}" dy=".33em">{}</text>)",
                           kLeft - 9, y(tick), tick_text(chart_.y, tick, distance(up)));
    }
    for (const double tick : across) {
      text_ += fmt::format(R"(<path class="tick" d="M{:.1f} {:.1f}v5"/>)", x(tick), kBottom);
      text_ += fmt::format(R"(<text class="across" x="{:.1f}" y="{:.1f}" dy="1em">{}</text>)",
                           x(tick), kBottom + 8, tick_text(chart_.x, tick, distance(across)));
    }
    text_ +=
        fmt::format(R"(<path class="base" d="M{:.1f} {:.1f}H{:.1f}"/>)", kLeft, kBottom, kRight);
    text_ += fmt::format(R"(<text class="label" x="{:.1f}" y="{:.1f}">{}</text></g>)", kRight,
                         kChartHeight - 7, html_escape(chart_.x.label));
  }

  static std::string open_series(const ChartSeries& series) {
    return fmt::format(R"(<g class="series{}"{} style="color:{}">)", series.dashed ? " dashed" : "",
                       series.id < 0 ? "" : fmt::format(R"( data-series="{}")", series.id),
                       html_escape(series.colour));
  }

  bool drawable(const ChartPoint& point) const {
    return std::isfinite(point.x) && std::isfinite(point.y) &&
           (!chart_.y.logarithmic || point.y > 0);
  }

  void add_corner(std::string& commands, double across, double up) const {
    commands += fmt::format("{}{:.1f} {:.1f}", commands.empty() ? 'M' : 'L', x(across), y(up));
  }

  std::string path(const std::vector<ChartPoint>& points) const {
    std::string commands;
    for (const ChartPoint& point : points) {
      if (drawable(point)) add_corner(commands, point.x, point.y);
    }
    return commands;
  }

  // A logarithmic axis has no zero; what lies below it is clipped.
  double lower_edge(const ChartPoint& point) const {
    return chart_.y.logarithmic ? std::max(point.low, chart_.y.low / 2) : point.low;
  }

  // Along the upper edge and back along the lower one.
  std::string band(const std::vector<ChartPoint>& points) const {
    std::string commands;
    const auto has_band = [this](const ChartPoint& point) {
      return drawable(point) && std::isfinite(point.low) && std::isfinite(point.high);
    };
    for (auto point = points.begin(); point != points.end(); ++point) {
      if (has_band(*point)) add_corner(commands, point->x, point->high);
    }
    for (auto point = points.rbegin(); point != points.rend(); ++point) {
      if (has_band(*point)) add_corner(commands, point->x, lower_edge(*point));
    }
    return commands;
  }

  void draw_lines(const ChartSeries& series) {
    text_ += open_series(series);
    const bool spread = std::any_of(series.line.begin(), series.line.end(),
                                    [](const ChartPoint& p) { return p.low < p.high; });
    if (spread) text_ += fmt::format(R"(<path class="band" d="{}"/>)", band(series.line));
    for (const ChartTrace& trace : series.traces) {
      text_ += fmt::format(R"(<path class="trace" d="{}"/>)", path(trace.points));
    }
    text_ += fmt::format(R"(<path class="line" d="{}"/>)", path(series.line));
    text_ += "</g>";
  }

  bool in_box(const ChartPoint& point) const {
    constexpr double kRounding = 1e-6;
    const auto within = [](double value, double low, double high) {
      return value >= low - kRounding && value <= high + kRounding;
    };
    return drawable(point) && within(x(point.x), kLeft, kRight) &&
           within(y(point.y), kTop, kBottom);
  }

  // Beside the plot, which would cut those at its edge in half: a dot at each point that the box
  // holds; a cross at the last point, moved into the box when that is outside.
  void draw_marks(const ChartSeries& series) {
    std::string marks;
    const bool dots = series.dots || series.line.size() == 1;  // one point makes no line
    for (const ChartPoint& point : series.line) {
      if (!dots || !in_box(point)) continue;
      marks += fmt::format(R"(<circle class="dot" cx="{:.1f}" cy="{:.1f}" r="4"/>)", x(point.x),
                           y(point.y));
    }
    for (const ChartTrace& trace : series.traces) {
      if (!trace.crossed || trace.points.empty()) continue;
      const ChartPoint& last = trace.points.back();
      const double across = std::clamp(x(last.x), kLeft, kRight);
      const double up = drawable(last) ? std::clamp(y(last.y), kTop, kBottom) : kTop;
      marks += fmt::format(R"(<path class="cross" d="M{:.1f} {:.1f}l9 9m0 -9l-9 9"/>)",
                           across - 4.5, up - 4.5);
    }
    if (!marks.empty()) text_ += open_series(series) + marks + "</g>";
  }

  const LineChart& chart_;
  std::string text_;
};

// These multiples of each power of ten, as far as they lie in [low, high].
std::vector<double> multiples_of_powers(double low, double high,
                                        const std::vector<double>& multiples) {
  std::vector<double> ticks;
  const double last = std::ceil(std::log10(high));
  for (double exponent = std::floor(std::log10(low)); exponent <= last; ++exponent) {
    for (const double multiple : multiples) {
      const double tick = multiple * std::pow(10, exponent);
      if (tick >= low * 0.9999 && tick <= high * 1.0001) ticks.push_back(tick);
    }
  }
  return ticks;
}

}  // namespace

std::vector<double> round_ticks(double low, double high, int count) {
  const double rough = (high - low) / count;
  if (!(rough > 0) || !std::isfinite(rough)) return {low};
  const double power = std::pow(10, std::floor(std::log10(rough)));
  double step = 10 * power;
  for (const double multiple : {1.0, 2.0, 5.0}) {
    if (rough <= 1.0001 * multiple * power) {
      step = multiple * power;
      break;
    }
  }
  std::vector<double> ticks;
  const double slack = 1e-9 * step;
  for (double i = std::ceil((low - slack) / step); i * step <= high + slack; ++i) {
    ticks.push_back(i * step + 0.0);  // turns -0 into 0
  }
  return ticks;
}

std::vector<double> logarithmic_ticks(double low, double high) {
  if (!(low > 0) || !std::isfinite(high)) return {low};
  const auto powers = std::ceil(std::log10(high)) - std::floor(std::log10(low));
  if (powers > 4) return multiples_of_powers(low, high, {1});
  constexpr std::size_t kFew = 3;
  for (const auto& multiples :
       {std::vector<double>{1, 2, 5}, std::vector<double>{1, 2, 3, 4, 5, 6, 7, 8, 9}}) {
    std::vector<double> ticks = multiples_of_powers(low, high, multiples);
    if (ticks.size() >= kFew) return ticks;
  }
  std::vector<double> ticks = round_ticks(low, high, 4);
  return ticks.size() < kFew ? round_ticks(low, high, 8) : ticks;
}

std::string svg(const LineChart& chart) {
  return Drawing(chart).text();
}

}  // namespace keel
