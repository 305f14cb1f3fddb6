#include "apps/report_heat.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "apps/capitalized.h"
#include "apps/html.h"
#include "apps/number_text.h"
#include "apps/report_parts.h"

namespace keel {
namespace {

// One axis downwards, another across.
struct Map {
  std::size_t rows, columns;
};

std::vector<std::size_t> order_of(const Axis& axis) {
  if (axis.is_numeric()) return axis.by_size();
  std::vector<std::size_t> order(axis.values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  return order;
}

class HeatMaps {
 public:
  explicit HeatMaps(const ReportInput& input) : input_(input), axes_(input.axes) {
    for (const Variant& variant : input.variants) {
      if (variant.accuracy.count == 0) continue;
      low_ = std::min(low_, variant.accuracy.mean);
      high_ = std::max(high_, variant.accuracy.mean);
    }
    std::vector<std::size_t> others = axes_.others();
    std::stable_sort(others.begin(), others.end(), [&](std::size_t a, std::size_t b) {
      return axes_.all[a].values.size() > axes_.all[b].values.size();
    });
    for (const std::size_t axis : others) maps_.push_back({axes_.main, axis});
    for (std::size_t i = 0; i < others.size(); ++i) {
      for (std::size_t j = i + 1; j < others.size(); ++j) {
        if (!axes_.all[others[i]].is_numeric() || !axes_.all[others[j]].is_numeric()) continue;
        maps_.push_back({others[j], others[i]});
      }
    }
  }

  std::string html() {
    if (maps_.empty()) return "";
    text_ = "<h2>Final test accuracy by setting</h2>\n";
    std::vector<std::string> names;
    for (const Map& map : maps_) names.push_back(name(map));
    const std::string choice = control("map", "By", numbered(names));
    if (!choice.empty()) {
      text_ += "<form class=\"controls\" autocomplete=\"off\">" + choice + "</form>\n";
    }
    for (std::size_t i = 0; i < maps_.size(); ++i) {
      text_ += fmt::format("<div class=\"heat choosable\" data-map=\"{}\"{}>\n", i,
                           i == 0 ? "" : " hidden");
      add_tables(maps_[i]);
      text_ += "</div>\n";
    }
    text_ +=
        "<p class=\"note\">Mean over the completed seeds; the stronger the tint, the more "
        "accurate. Below it, the runs that diverged; a cell in which any did is hatched. The best "
        "variant is framed.</p>\n";
    return std::move(text_);
  }

 private:
  // "Learning rate", against the main axis, or "Batch size × learning rate".
  std::string name(const Map& map) const {
    std::string text =
        axis_title(axes_.all[map.rows == axes_.main ? map.columns : map.rows].setting);
    if (map.rows != axes_.main) text += " × " + axis_title(axes_.all[map.columns].setting);
    return capitalized(std::move(text));
  }

  void add_tables(const Map& map) {
    std::vector<std::size_t> fixed = other_axes(axes_, {map.rows, map.columns});
    if (map.rows != axes_.main) fixed.insert(fixed.begin(), axes_.main);
    for (const Place& place : places_on(axes_, fixed)) add_table(map, place, fixed);
  }

  void add_table(const Map& map, Place place, const std::vector<std::size_t>& fixed) {
    const Axis& rows = axes_.all[map.rows];
    const Axis& columns = axes_.all[map.columns];
    const bool of_one_series = map.rows != axes_.main;
    const std::string where = html_escape(place_text(axes_, fixed, place));
    text_ += fmt::format("<div><h3>{}{}</h3>",
                         of_one_series ? swatch(axes_, place[axes_.main]) : "", where);
    text_ += open_scroll("Final test accuracy " + where);
    text_ +=
        fmt::format("<table><thead><tr><th scope=\"col\">{}</th>",
                    of_one_series ? fmt::format("{} \\ {}", html_escape(axis_word(rows.setting)),
                                                html_escape(axis_word(columns.setting)))
                                  : html_escape(axis_title(columns.setting)));
    for (const std::size_t value : order_of(columns)) {
      text_ += fmt::format("<th scope=\"col\">{}</th>", html_escape(columns.values[value]));
    }
    text_ += "</tr></thead><tbody>\n";
    const std::vector<std::size_t> row_order = order_of(rows);
    for (std::size_t i = 0; i < row_order.size(); ++i) {
      // The main axis keeps the order of the legend, whatever its values are.
      place[map.rows] = of_one_series ? row_order[i] : i;
      text_ += fmt::format("<tr><th scope=\"row\">{}{}</th>",
                           of_one_series ? "" : swatch(axes_, place[map.rows]),
                           html_escape(rows.values[place[map.rows]]));
      for (const std::size_t value : order_of(columns)) {
        place[map.columns] = value;
        add_cell(input_.at(place));
      }
      text_ += "</tr>\n";
    }
    text_ += std::string("</tbody></table>") + kCloseScroll + "</div>\n";
  }

  void add_cell(const Variant* variant) {
    if (variant == nullptr) {
      text_ += "<td class=\"none\">–</td>";
      return;
    }
    const bool diverged = variant->diverged > 0, known = variant->accuracy.count > 0;
    std::string classes = known ? "" : "none";
    if (diverged) classes += " diverged";
    if (variant == input_.best) classes += " best";
    const double share = high_ > low_ ? (variant->accuracy.mean - low_) / (high_ - low_) : 1;
    text_ += fmt::format("<td class=\"{}\"{}>{}{}</td>", classes,
                         known ? fmt::format(" style=\"--share:{:.3f}\"", share) : "",
                         percent_text(variant->accuracy.mean),
                         diverged ? fmt::format("<small class=\"bad\">{} of {} diverged</small>",
                                                variant->diverged, variant->runs.size())
                                  : "");
  }

  const ReportInput& input_;
  const Axes& axes_;
  std::vector<Map> maps_;
  double low_ = std::numeric_limits<double>::infinity();
  double high_ = -std::numeric_limits<double>::infinity();
  std::string text_;
};

}  // namespace

std::string heat_maps_html(const ReportInput& input) {
  return HeatMaps(input).html();
}

}  // namespace keel
