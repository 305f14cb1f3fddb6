#include "apps/report/map.h"

#include <algorithm>

#include <fmt/format.h>

#include "apps/report/svg.h"
#include "apps/text/display_width.h"
#include "apps/text/html.h"

namespace keel {
namespace {

std::string cell_html(const MapCell& cell) {
  std::vector<const char*> classes;
  if (!cell.share) classes.push_back("none");
  if (cell.hatched) classes.push_back("diverged");
  if (cell.framed) classes.push_back("best");
  return fmt::format("<td{}{}>{}{}</td>",
                     classes.empty() ? "" : fmt::format(" class=\"{}\"", fmt::join(classes, " ")),
                     cell.share ? fmt::format(" style=\"--share:{:.3f}\"", *cell.share) : "",
                     html_escape(cell.text),
                     cell.note.empty()
                         ? ""
                         : fmt::format("<small class=\"bad\">{}</small>", html_escape(cell.note)));
}

class Drawing {
 public:
  Drawing(const ReportMap& map, const Axes& axes) : map_(map), axes_(axes) {
    names_ = width_of(map.corner);
    for (const std::string& column : map.columns) cell_ = std::max(cell_, width_of(column));
    for (const MapRow& row : map.rows) {
      names_ = std::max(names_, width_of(row.name) + (row.series ? kSwatch : 0));
      for (const MapCell& cell : row.cells) {
        cell_ = std::max({cell_, width_of(cell.text), width_of(cell.note)});
        if (!cell.note.empty()) height_ = 40;
      }
    }
  }

  double width() const { return x_of(map_.columns.size()) + kLeft; }
  double height() const { return y_of(map_.rows.size()) + 12; }

  std::string text() {
    add_text(kLeft, kHead - 10, "", map_.corner);
    for (std::size_t c = 0; c < map_.columns.size(); ++c) {
      add_text(x_of(c) + cell_ / 2, kHead - 10, "across", map_.columns[c]);
    }
    for (std::size_t r = 0; r < map_.rows.size(); ++r) add_row(map_.rows[r], y_of(r));
    return "<g class=\"lines\">" + text_ + "</g>";
  }

 private:
  static constexpr double kLeft = 16, kHead = 28, kLetter = 7, kPadding = 16, kSwatch = 22;

  static double width_of(const std::string& text) {
    return text.empty() ? 0 : kLetter * static_cast<double>(display_width(text)) + kPadding;
  }
  double x_of(std::size_t column) const {
    return kLeft + names_ + static_cast<double>(column) * cell_;
  }
  double y_of(std::size_t row) const { return kHead + static_cast<double>(row) * height_; }

  void add_text(double x, double y, const char* style, const std::string& text) {
    text_ +=
        fmt::format(R"(<text class="{}" x="{}" y="{}">{}</text>)", style, x, y, html_escape(text));
  }

  void add_row(const MapRow& row, double y) {
    const double middle = y + height_ / 2 + 4;
    if (row.series) {
      text_ +=
          fmt::format(R"(<g class="{}" style="color:{}"><path class="line" d="M{} {}h16"/></g>)",
                      series_dashed(axes_, *row.series) ? "dashed" : "",
                      series_colour(axes_, *row.series), kLeft, middle - 4);
    }
    add_text(kLeft + (row.series ? kSwatch : 0), middle, "", row.name);
    for (std::size_t c = 0; c < row.cells.size(); ++c) add_cell(row.cells[c], x_of(c), y);
  }

  void add_cell(const MapCell& cell, double x, double y) {
    constexpr double kGap = 1;
    text_ += fmt::format(
        R"(<rect x="{}" y="{}" width="{}" height="{}" style="fill:{};fill-opacity:{:.3f};)"
        R"(stroke:{};stroke-width:{}"{}/>)",
        x + kGap, y + kGap, cell_ - 2 * kGap, height_ - 2 * kGap, "rgb(var(--heat))",
        0.5 * cell.share.value_or(0),
        cell.framed    ? "var(--accent)"
        : cell.hatched ? "var(--warn)"
                       : "var(--line)",
        cell.framed ? 2 : 1, cell.hatched ? R"( stroke-dasharray="4 3")" : "");
    const double middle = y + height_ / 2 + 4, lift = cell.note.empty() ? 0 : 7;
    text_ += fmt::format(
        R"(<text class="across" x="{}" y="{}" style="fill:{};font-weight:{}">{}</text>)",
        x + cell_ / 2, middle - lift, "var(--ink)", cell.framed ? "bold" : "normal",
        html_escape(cell.text));
    if (cell.note.empty()) return;
    text_ += fmt::format(
        R"(<text class="across" x="{}" y="{}" style="fill:{};font-size:10px">{}</text>)",
        x + cell_ / 2, middle + 8, "var(--warn)", html_escape(cell.note));
  }

  const ReportMap& map_;
  const Axes& axes_;
  double names_ = 0, cell_ = 56, height_ = 26;
  std::string text_;
};

}  // namespace

std::string map_html(const ReportMap& map, const Axes& axes) {
  const std::string name =
      html_escape(map.caption.empty() ? map.title : map.title + ": " + map.caption);
  std::string text = fmt::format(
      "<div><h3>{}{}</h3>{}", map.series ? swatch(axes, *map.series) : "", name, open_scroll(name));
  text += fmt::format("<table><thead><tr><th scope=\"col\">{}</th>", html_escape(map.corner));
  for (const std::string& column : map.columns) {
    text += fmt::format("<th scope=\"col\">{}</th>", html_escape(column));
  }
  text += "</tr></thead><tbody>\n";
  for (const MapRow& row : map.rows) {
    text += fmt::format("<tr><th scope=\"row\">{}{}</th>",
                        row.series ? swatch(axes, *row.series) : "", html_escape(row.name));
    for (const MapCell& cell : row.cells) text += cell_html(cell);
    text += "</tr>\n";
  }
  return text + "</tbody></table>" + kCloseScroll + "</div>\n";
}

std::string map_svg(const ReportMap& map, const Axes& axes) {
  Drawing drawing(map, axes);
  return svg_file({map.title, map.caption}, std::max(drawing.width(), kChartWidth),
                  drawing.height(), drawing.text());
}

}  // namespace keel
