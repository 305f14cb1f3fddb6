#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace keel {

inline constexpr std::size_t kSparklineBars = 16;

/// A curve of fractions in [0, 1] in one line of text, such as "▁▃▆█": a bar for each value, or
/// where there are more than 16, for every 16th part of them. A value that is not finite is a
/// space.
std::string sparkline(const std::vector<double>& fractions);

}  // namespace keel
