#pragma once
// What the runs of a comparison differ in: its axes, and where on them a run lies.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "apps/results/results.h"

namespace keel {

/// One setting, and the values that the runs have for it in the order of first appearance.
struct Axis {
  std::string setting;  ///< as its flag spells it: "batch-size"
  std::vector<std::string> values;

  bool varies() const { return values.size() > 1; }
  /// Whether each value is a finite number.
  bool is_numeric() const;
  /// How a reader is shown a value: numbers to four significant digits, where these still tell it
  /// from the axis's others.
  std::string label(std::size_t value) const;
  /// Whether the values of a numeric axis span a factor of ten, so that its figures are logarithmic
  /// and its ranges told in decades.
  bool is_logarithmic() const;
  /// A value of a numeric axis.
  double number(std::size_t value) const;
  /// The indices of a numeric axis's values, the least first.
  std::vector<std::size_t> by_size() const;
};

/// The index of a run's value on each axis.
using Place = std::vector<std::size_t>;

/// The axes of a comparison.
struct Axes {
  std::vector<Axis> all;
  /// The axis that tells variants apart by name and colour: the first one that varies, else the
  /// first. Its baseline comes first among its values.
  std::size_t main = 0;
  std::string baseline{};  ///< the value on the main axis that the others are compared with

  const Axis& main_axis() const { return all[main]; }
  bool is_baseline(std::size_t value) const { return main_axis().values[value] == baseline; }
  /// The axes besides the main one that vary.
  std::vector<std::size_t> others() const;
  /// "batch", or "batch (lr 0.1, batch size 64)" where other axes vary.
  std::string name(const Place& place) const;
};

/// The axes of these runs, of which none lacks a setting that comparison.axes names. The baseline
/// is comparison.baseline, else "none", else the first value; whichever is among the main axis's.
Axes axes_of(const Comparison& comparison);
Place place_of(const Axes& axes, const Run& run);

/// How texts call a setting: "learning rate" and "lr", "batch size" and "batch size", ...
std::string axis_title(std::string_view setting);
std::string axis_word(std::string_view setting);

}  // namespace keel
