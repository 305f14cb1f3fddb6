#include "apps/report/svg.h"

#include <algorithm>
#include <sstream>
#include <string_view>

#include <fmt/format.h>

#include "apps/report/style.h"
#include "apps/text/display_width.h"
#include "apps/text/html.h"

namespace keel {
namespace {

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
}

// Programs that set papers know no variables of CSS: their values in their place.
void resolve_colours(std::string& text) {
  const std::string_view colours = kLightColours;
  for (std::size_t at = 0; (at = colours.find("--", at)) != std::string_view::npos;) {
    const std::size_t colon = colours.find(':', at), end = colours.find(';', colon);
    const std::string_view name = colours.substr(at, colon - at);
    const std::string_view value = colours.substr(colon + 2, end - colon - 2);
    // Nor do they know the parts of a colour without commas.
    std::string parts(value);
    std::replace(parts.begin(), parts.end(), ' ', ',');
    replace_all(text, fmt::format("rgb(var({}))", name), fmt::format("rgb({})", parts));
    replace_all(text, fmt::format("var({})", name), value);
    at = end;
  }
}

// The title, and behind it the caption in as many lines as it takes.
class Heading {
 public:
  Heading(const std::string& title, const std::string& caption, double room)
      : room_(room), width_(kLetter * static_cast<double>(display_width(title))) {
    open_line();
    text_ += fmt::format(R"(<tspan style="font-weight:bold">{}</tspan>)", html_escape(title));
    std::istringstream words(caption);
    for (std::string word; words >> word;) add(word);
    text_ += "</text>";
  }

  const std::string& text() const { return text_; }
  double end() const { return y_ + 10; }

 private:
  static constexpr double kLine = 18, kLeft = 16, kLetter = 7;

  void open_line() {
    text_ += fmt::format(R"(<text x="{}" y="{}" style="font-size:14px">)", kLeft, y_);
  }
  void add(const std::string& word) {
    const double width = kLetter * static_cast<double>(display_width(word) + 1);
    if (kLeft + width_ + width > room_) {
      y_ += kLine;
      width_ = 0;
      text_ += "</text>";
      open_line();
    }
    width_ += width;
    text_ += ' ';
    text_ += html_escape(word);
  }

  double room_, y_ = 20, width_;
  std::string text_;
};

// The names of the series side by side, in as many lines as that takes, from y on.
class Legend {
 public:
  Legend(const std::vector<ChartSeries>& all, double y, double room) : room_(room), y_(y) {
    for (const ChartSeries& series : all) add(series);
  }

  const std::string& text() const { return text_; }
  double end() const { return text_.empty() ? y_ : y_ + kLine; }

 private:
  static constexpr double kLine = 20, kLeft = 16, kLetter = 7.5, kSwatch = 22, kGap = 18;

  void add(const ChartSeries& series) {
    if (series.name.empty()) return;
    const double width = kSwatch + kLetter * static_cast<double>(display_width(series.name)) + kGap;
    if (x_ > kLeft && x_ + width > room_) {
      x_ = kLeft;
      y_ += kLine;
    }
    text_ +=
        fmt::format(R"(<g class="series{}" style="color:{}"><path class="line" d="M{} {}h16"/></g>)"
                    R"(<text x="{}" y="{}">{}</text>)",
                    series.dashed ? " dashed" : "", series.colour, x_, y_ + 8, x_ + kSwatch,
                    y_ + 12, html_escape(series.name));
    x_ += width;
  }

  double room_, x_ = kLeft, y_;
  std::string text_;
};

}  // namespace

std::string svg_file(const SvgHeading& heading, double width, double height,
                     const std::string& drawing) {
  const Heading title(heading.title, heading.caption, width);
  const Legend legend(heading.legend, title.end(), width);
  const double top = legend.end() + 6;
  std::string text = fmt::format(
      R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" width="{0}" height="{1}">)"
      "\n<style>svg{{font-family:Helvetica,Arial,sans-serif;font-size:12px;fill:{2}}}"
      ".lines{{overflow:visible}}{3}</style>\n"
      R"(<rect width="100%" height="100%" style="fill:{4}"/>{5}{6})"
      R"x(<g transform="translate(0,{7})">)x",
      width, height + top, "var(--ink)", kChartStyle, "var(--card)", title.text(), legend.text(),
      top);
  text += drawing + "</g></svg>\n";
  resolve_colours(text);
  return text;
}

std::string chart_file(const SvgHeading& heading, const LineChart& chart) {
  constexpr double kMargin = 16;  // the last label across stands half beyond the plot
  return svg_file(heading, kChartWidth + kMargin, kChartHeight, svg(chart));
}

}  // namespace keel
