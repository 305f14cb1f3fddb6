#include "apps/report/heat.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "apps/report/parts.h"
#include "apps/text/capitalized.h"
#include "apps/text/number_text.h"

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

  std::vector<ReportMap> all() const {
    std::vector<ReportMap> all;
    for (const Map& map : maps_) {
      for (ReportMap& one : maps_by(map)) {
        one.shown = &map == &maps_.front();
        all.push_back(std::move(one));
      }
    }
    return all;
  }

  std::string html() const {
    if (maps_.empty()) return "";
    std::string text = fmt::format("<h2>{} by setting</h2>\n", kFinalAccuracy);
    std::vector<std::string> names;
    for (const Map& map : maps_) names.push_back(name(map));
    const std::string choice = control("map", "By", numbered(names));
    if (!choice.empty()) {
      text += "<form class=\"controls\" autocomplete=\"off\">" + choice + "</form>\n";
    }
    for (std::size_t i = 0; i < maps_.size(); ++i) {
      text += fmt::format("<div class=\"heat choosable\" data-map=\"{}\"{}>\n", i,
                          i == 0 ? "" : " hidden");
      for (const ReportMap& map : maps_by(maps_[i])) text += map_html(map, axes_);
      text += "</div>\n";
    }
    return text +
           "<p class=\"note\">Mean over the completed seeds; the stronger the tint, the more "
           "accurate. Below it, the runs that diverged; a cell in which any did is hatched. The "
           "best variant is framed.</p>\n";
  }

 private:
  // "Learning rate", against the main axis, or "Batch size × learning rate".
  std::string name(const Map& map) const {
    std::string text =
        axis_title(axes_.all[map.rows == axes_.main ? map.columns : map.rows].setting);
    if (map.rows != axes_.main) text += " × " + axis_title(axes_.all[map.columns].setting);
    return capitalized(std::move(text));
  }

  std::vector<ReportMap> maps_by(const Map& map) const {
    std::vector<std::size_t> fixed = other_axes(axes_, {map.rows, map.columns});
    if (map.rows != axes_.main) fixed.insert(fixed.begin(), axes_.main);
    std::vector<ReportMap> maps;
    for (const Place& place : places_on(axes_, fixed)) maps.push_back(map_at(map, place, fixed));
    return maps;
  }

  ReportMap map_at(const Map& map, Place place, const std::vector<std::size_t>& fixed) const {
    const Axis& rows = axes_.all[map.rows];
    const Axis& columns = axes_.all[map.columns];
    const bool of_one_series = map.rows != axes_.main;
    ReportMap result{.title = kFinalAccuracy,
                     .against = (of_one_series ? rows.setting + ' ' : "") + columns.setting,
                     .caption = place_text(axes_, fixed, place),
                     .corner = of_one_series
                                   ? axis_word(rows.setting) + " \\ " + axis_word(columns.setting)
                                   : axis_title(columns.setting)};
    if (of_one_series) result.series = place[axes_.main];
    for (const std::size_t value : order_of(columns)) {
      result.columns.push_back(columns.label(value));
    }
    const std::vector<std::size_t> row_order = order_of(rows);
    for (std::size_t i = 0; i < row_order.size(); ++i) {
      // The main axis keeps the order of the legend, whatever its values are.
      place[map.rows] = of_one_series ? row_order[i] : i;
      MapRow row{.name = rows.label(place[map.rows])};
      if (!of_one_series) row.series = place[map.rows];
      for (const std::size_t value : order_of(columns)) {
        place[map.columns] = value;
        row.cells.push_back(cell_of(input_.at(place)));
      }
      result.rows.push_back(std::move(row));
    }
    return result;
  }

  MapCell cell_of(const Variant* variant) const {
    if (variant == nullptr) return {};
    MapCell cell{.text = percent_text(variant->accuracy.mean),
                 .hatched = variant->diverged > 0,
                 .framed = variant == input_.best};
    if (variant->accuracy.count > 0) {
      cell.share = high_ > low_ ? (variant->accuracy.mean - low_) / (high_ - low_) : 1;
    }
    if (cell.hatched) {
      cell.note = fmt::format("{} of {} diverged", variant->diverged, variant->runs.size());
    }
    return cell;
  }

  const ReportInput& input_;
  const Axes& axes_;
  std::vector<Map> maps_;
  double low_ = std::numeric_limits<double>::infinity();
  double high_ = -std::numeric_limits<double>::infinity();
};

}  // namespace

std::vector<ReportMap> heat_maps(const ReportInput& input) {
  return HeatMaps(input).all();
}

std::string heat_maps_html(const ReportInput& input) {
  return HeatMaps(input).html();
}

}  // namespace keel
