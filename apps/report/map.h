#pragma once
// The maps of a report: tables whose cells are tinted by their values.

#include <optional>
#include <string>
#include <vector>

#include "apps/report/parts.h"
#include "apps/text/number_text.h"

namespace keel {

struct MapCell {
  std::string text = kNothingText;
  std::optional<double> share{};  ///< how strong its tint is, from 0 to 1; none where not known
  std::string note{};             ///< in small letters below
  bool hatched = false, framed = false;
};

struct MapRow {
  std::string name;
  std::optional<std::size_t> series{};  ///< its value on the main axis
  std::vector<MapCell> cells{};         ///< one for each column
};

struct ReportMap {
  std::string title;                    ///< "Final test accuracy"
  std::string against;                  ///< what it is a map by: "lr"
  std::string caption;                  ///< which of them: "batch size 64"
  std::optional<std::size_t> series{};  ///< what all of it is of, on the main axis
  std::string corner;                   ///< over the names of the rows
  std::vector<std::string> columns{};
  std::vector<MapRow> rows{};
  bool shown = true;  ///< at first
};

/// The map with its caption, as a <div>.
std::string map_html(const ReportMap& map, const Axes& axes);

/// The map as an SVG file of its own, in light colours.
std::string map_svg(const ReportMap& map, const Axes& axes);

}  // namespace keel
