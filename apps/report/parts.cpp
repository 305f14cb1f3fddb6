#include "apps/report/parts.h"

#include <algorithm>

#include <fmt/format.h>

#include "apps/text/html.h"

namespace keel {
namespace {

// Besides the neutral one; the style sheet defines them.
constexpr std::size_t kColours = 8;

}  // namespace

std::string series_colour(const Axes& axes, std::size_t value) {
  if (axes.is_baseline(value)) return "var(--c0)";
  return fmt::format("var(--c{})", 1 + (value - 1) % kColours);
}

bool series_dashed(const Axes& axes, std::size_t value) {
  return axes.is_baseline(value) || value > kColours;
}

std::string swatch(const Axes& axes, std::size_t value) {
  return fmt::format("<span class=\"swatch{}\" style=\"--c:{}\"></span>",
                     series_dashed(axes, value) ? " dashed" : "", series_colour(axes, value));
}

std::vector<std::size_t> other_axes(const Axes& axes, const std::vector<std::size_t>& skipped) {
  std::vector<std::size_t> others = axes.others();
  for (const std::size_t axis : skipped) {
    others.erase(std::remove(others.begin(), others.end(), axis), others.end());
  }
  return others;
}

std::vector<Place> places_on(const Axes& axes, const std::vector<std::size_t>& some) {
  std::vector<Place> places{Place(axes.all.size(), 0)};
  for (const std::size_t axis : some) {
    std::vector<Place> longer;
    for (const Place& place : places) {
      for (std::size_t value = 0; value < axes.all[axis].values.size(); ++value) {
        longer.push_back(place);
        longer.back()[axis] = value;
      }
    }
    places = std::move(longer);
  }
  return places;
}

bool agree(const std::vector<std::size_t>& some, const Place& a, const Place& b) {
  return std::all_of(some.begin(), some.end(),
                     [&](std::size_t axis) { return a[axis] == b[axis]; });
}

std::string place_text(const Axes& axes, const std::vector<std::size_t>& some, const Place& place) {
  std::string text;
  for (const std::size_t axis : some) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", axis_title(axes.all[axis].setting),
                        axes.all[axis].label(place[axis]));
  }
  return text;
}

std::vector<std::string> labels_of(const Axis& axis) {
  std::vector<std::string> labels;
  for (std::size_t value = 0; value < axis.values.size(); ++value) {
    labels.push_back(axis.label(value));
  }
  return labels;
}

FigureChoices place_choices(const std::vector<std::size_t>& some, const Place& place) {
  FigureChoices choices;
  for (const std::size_t axis : some) {
    choices.emplace_back(fmt::format("axis{}", axis), fmt::to_string(place[axis]));
  }
  return choices;
}

std::string choice_attributes(const FigureChoices& choices) {
  std::string text;
  for (const auto& [name, value] : choices) {
    text += fmt::format(" data-{}=\"{}\"", name, html_escape(value));
  }
  return text;
}

std::vector<Choice> numbered(const std::vector<std::string>& labels) {
  std::vector<Choice> choices;
  for (const std::string& label : labels) {
    choices.push_back({fmt::to_string(choices.size()), label});
  }
  return choices;
}

std::string control(std::string_view name, std::string_view legend,
                    const std::vector<Choice>& choices, std::size_t chosen,
                    const FigureChoices& where) {
  if (choices.size() < 2) return "";
  const std::string shown =
      where.empty() ? "" : " class=\"choosable\"" + choice_attributes(where) + " hidden";
  std::string text =
      fmt::format("<fieldset{}><legend>{}</legend><div class=\"segments\">", shown, legend);
  for (std::size_t i = 0; i < choices.size(); ++i) {
    text += fmt::format(
        "<label><input type=\"radio\" name=\"{}\" value=\"{}\"{}><span>{}</span></label>", name,
        choices[i].value, i == chosen ? " checked" : "", html_escape(choices[i].label));
  }
  return text + "</div></fieldset>\n";
}

std::string scale_control() {
  return control("scale", "Loss", {{"linear", "Linear"}, {"log", "Log"}});
}

std::string open_scroll(std::string_view name) {
  return fmt::format("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\">",
                     name);
}

}  // namespace keel
