#pragma once
// Tables whose columns sort: the page's script reads data-sort and data-value.

#include <string>
#include <string_view>

namespace keel {

enum class SortOrder { kAscending, kDescending };

/// A column's head, as HTML. `first` is the order that a first click gives, `sorted` whether the
/// rows stand in it already.
std::string sortable_head(std::string_view label, SortOrder first, bool sorted = false);

/// A cell with HTML in it, and with a smaller line `below` where that is not empty. The column
/// sorts by `value`; NaN comes last in either order, infinity where it belongs.
std::string sortable_cell(std::string_view content, double value, std::string_view below = "");

/// A table below that title, which scrolls sideways where it is wide; `heads` are sortable_head()s.
std::string open_table(const std::string& title, const std::string& heads);
std::string close_table();

}  // namespace keel
