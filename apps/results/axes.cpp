#include "apps/results/axes.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <utility>

#include <fmt/format.h>

namespace keel {
namespace {

constexpr std::string_view kNoNormalisation = "none";

struct Names {
  std::string_view setting, title, word;
};

// Of the settings whose flag is not what a sentence would call them.
constexpr Names kNames[] = {
    {"norm", "normalisation", "norm"},
    {"lr", "learning rate", "lr"},
    {"optim", "optimiser", "optimiser"},
    {"init-scale", "initial scale", "initial scale"},
};

const Names* names_of(std::string_view setting) {
  const auto found = std::find_if(std::begin(kNames), std::end(kNames),
                                  [&](const Names& names) { return names.setting == setting; });
  return found == std::end(kNames) ? nullptr : found;
}

std::string in_words(std::string_view setting) {
  std::string words(setting);
  std::replace(words.begin(), words.end(), '-', ' ');
  return words;
}

bool contains(const Axis& axis, std::string_view value) {
  return std::find(axis.values.begin(), axis.values.end(), value) != axis.values.end();
}

}  // namespace

bool Axis::is_numeric() const {
  return std::all_of(values.begin(), values.end(), [](const std::string& value) {
    char* end = nullptr;
    const double number = std::strtod(value.c_str(), &end);
    return !value.empty() && *end == '\0' && std::isfinite(number);
  });
}

std::string Axis::label(std::size_t value) const {
  if (!is_numeric()) return values[value];
  const auto rounded = [this](std::size_t i) { return fmt::format("{:.4g}", number(i)); };
  std::string text = rounded(value);
  if (text.size() >= values[value].size()) return values[value];
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i != value && rounded(i) == text) return values[value];
  }
  return text;
}

double Axis::number(std::size_t value) const {
  return std::strtod(values[value].c_str(), nullptr);
}

std::vector<std::size_t> Axis::by_size() const {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [this](std::size_t a, std::size_t b) { return number(a) < number(b); });
  return order;
}

bool Axis::is_logarithmic() const {
  const std::vector<std::size_t> order = by_size();
  const double low = number(order.front()), high = number(order.back());
  return low > 0 && high >= 10 * low;
}

std::vector<std::size_t> Axes::others() const {
  std::vector<std::size_t> others;
  for (std::size_t axis = 0; axis < all.size(); ++axis) {
    if (axis != main && all[axis].varies()) others.push_back(axis);
  }
  return others;
}

std::string Axes::name(const Place& place) const {
  std::string settings;
  for (const std::size_t axis : others()) {
    settings += fmt::format("{}{} {}", settings.empty() ? "" : ", ", axis_word(all[axis].setting),
                            all[axis].label(place[axis]));
  }
  const std::string name = main_axis().label(place[main]);
  return settings.empty() ? name : fmt::format("{} ({})", name, settings);
}

Axes axes_of(const Comparison& comparison) {
  Axes axes;
  for (const std::string& setting : comparison.axes) axes.all.push_back({setting, {}});
  for (const Run& run : comparison.runs) {
    for (Axis& axis : axes.all) {
      const std::string& value = run.settings.at(axis.setting);
      if (!contains(axis, value)) axis.values.push_back(value);
    }
  }
  const auto varies = std::find_if(axes.all.begin(), axes.all.end(),
                                   [](const Axis& axis) { return axis.varies(); });
  if (varies != axes.all.end()) axes.main = static_cast<std::size_t>(varies - axes.all.begin());
  if (axes.all.empty() || axes.main_axis().values.empty()) return axes;

  Axis& main = axes.all[axes.main];
  axes.baseline = main.values.front();
  if (contains(main, kNoNormalisation)) axes.baseline = kNoNormalisation;
  if (comparison.baseline && contains(main, *comparison.baseline)) {
    axes.baseline = *comparison.baseline;
  }
  const auto baseline = std::find(main.values.begin(), main.values.end(), axes.baseline);
  std::rotate(main.values.begin(), baseline, baseline + 1);
  return axes;
}

Place place_of(const Axes& axes, const Run& run) {
  Place place;
  for (const Axis& axis : axes.all) {
    const auto found =
        std::find(axis.values.begin(), axis.values.end(), run.settings.at(axis.setting));
    place.push_back(static_cast<std::size_t>(found - axis.values.begin()));
  }
  return place;
}

std::string axis_title(std::string_view setting) {
  const Names* names = names_of(setting);
  return names != nullptr ? std::string(names->title) : in_words(setting);
}

std::string axis_word(std::string_view setting) {
  const Names* names = names_of(setting);
  return names != nullptr ? std::string(names->word) : in_words(setting);
}

}  // namespace keel
