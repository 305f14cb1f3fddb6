#include <cctype>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include "apps/report/curves.h"
#include "apps/report/dots.h"
#include "apps/report/formats.h"
#include "apps/report/heat.h"
#include "apps/report/input.h"
#include "apps/report/landscape.h"
#include "apps/report/layers.h"
#include "apps/report/map.h"
#include "apps/report/sensitivity.h"

namespace keel {
namespace {

// Letters, digits, dots and hyphens.
std::string file_word(std::string_view text) {
  std::string word;
  for (const char c : text) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.';
    if (!plain && (word.empty() || word.back() == '-')) continue;
    word += plain ? static_cast<char>(std::tolower(static_cast<unsigned char>(c))) : '-';
  }
  while (!word.empty() && word.back() == '-') word.pop_back();
  return word;
}

std::string file_name(const ReportInput& input, const ReportFigure& figure) {
  std::string name = fmt::format("{}-by-{}", file_word(figure.title), file_word(figure.x_word));
  for (const auto& [control, value] : figure.choices) {
    if (control.rfind("axis", 0) == 0) {
      const Axis& axis = input.axes.all[std::stoul(control.substr(4))];
      name +=
          fmt::format("-{}-{}", file_word(axis.setting), file_word(axis.values[std::stoul(value)]));
    } else if ((control == "scale" && value == "log") || (control == "smooth" && value != "none")) {
      name += fmt::format("-{}", value);
    } else if (control == "along" && value != kWalks[0].key) {
      name += fmt::format("-along-{}", value);
    } else if (control == "layer" || control == "unit") {
      name += fmt::format("-{}-{}", control, std::stoul(value) + 1);
    }
  }
  return name + ".svg";
}

std::string file_name(const ReportMap& map) {
  return file_word(map.title + " by " + map.against + ' ' + map.caption + " map") + ".svg";
}

}  // namespace

std::vector<FigureFile> report_svgs(const Comparison& comparison, bool all) {
  const ReportInput input(comparison);
  std::vector<FigureFile> files;
  for (const auto& figures : {curve_figures(input), sensitivity_figures(input),
                              landscape_figures(input), activation_figures(input)}) {
    for (const ReportFigure& figure : figures) {
      if (all || figure.shown) files.push_back({file_name(input, figure), figure_svg(figure)});
    }
  }
  for (const DotFigure& figure : dot_figures(input)) {
    const std::string name =
        file_word(fmt::format("{} dots {}", kFinalAccuracy, figure.caption)) + ".svg";
    if (all || figure.shown) files.push_back({name, dots_svg(figure, input.axes)});
  }
  for (const auto& maps : {heat_maps(input), layer_maps(input)}) {
    for (const ReportMap& map : maps) {
      if (all || map.shown) files.push_back({file_name(map), map_svg(map, input.axes)});
    }
  }
  // Names that differ in their punctuation alone have one file name.
  std::set<std::string> names;
  for (FigureFile& file : files) {
    const std::string stem = file.name.substr(0, file.name.rfind('.'));
    for (int use = 2; !names.insert(file.name).second; ++use) {
      file.name = fmt::format("{}-{}.svg", stem, use);
    }
  }
  return files;
}

}  // namespace keel
