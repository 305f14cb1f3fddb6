#pragma once
// What the parts of a report share: colours, names, and the choices between figures.

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/results/axes.h"

namespace keel {

/// What dots, maps and sensitivity curves show.
inline constexpr const char* kFinalAccuracy = "Final test accuracy";

/// The CSS colour of a value on the main axis, the same in the whole report; the baseline's is
/// neutral.
std::string series_colour(const Axes& axes, std::size_t value);

/// Whether its lines are dashed: the baseline's, and those of a colour that comes a second time.
bool series_dashed(const Axes& axes, std::size_t value);

/// A short piece of its line, as HTML.
std::string swatch(const Axes& axes, std::size_t value);

/// The axes besides the main one that vary, without `skipped`.
std::vector<std::size_t> other_axes(const Axes& axes, const std::vector<std::size_t>& skipped = {});

/// Every combination of values on these axes; on all others, the first value.
std::vector<Place> places_on(const Axes& axes, const std::vector<std::size_t>& some);

/// Whether two places agree on these axes.
bool agree(const std::vector<std::size_t>& some, const Place& a, const Place& b);

/// "learning rate 0.1, batch size 64": where a place lies on these axes.
std::string place_text(const Axes& axes, const std::vector<std::size_t>& some, const Place& place);

/// What a reader is shown for each value.
std::vector<std::string> labels_of(const Axis& axis);

/// Controls by name, each with the value under which something is shown: {"scale", "log"}.
using FigureChoices = std::vector<std::pair<std::string, std::string>>;

/// The choices of a place on these axes: {"axis1", "2"}.
FigureChoices place_choices(const std::vector<std::size_t>& some, const Place& place);

/// As attributes: data-axis1="2" data-scale="log".
std::string choice_attributes(const FigureChoices& choices);

/// What a control offers.
struct Choice {
  std::string value, label;
};

/// "0", "1", ... with these labels.
std::vector<Choice> numbered(const std::vector<std::string>& labels);

/// The control as HTML; nothing where there is no choice. With `where` it is shown like a figure of
/// these choices, and hidden at first.
std::string control(std::string_view name, std::string_view legend,
                    const std::vector<Choice>& choices, std::size_t chosen = 0,
                    const FigureChoices& where = {});

/// That between linear and logarithmic losses, of which a page has one.
std::string scale_control();

/// Where a table scrolls sideways that is too wide, with its name for a screen reader (escaped).
std::string open_scroll(std::string_view name);
inline constexpr const char* kCloseScroll = "</div>\n";

}  // namespace keel
