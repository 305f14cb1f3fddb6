#include "apps/report/sortable.h"

#include <cmath>

#include <fmt/format.h>

#include "apps/report/parts.h"

namespace keel {
namespace {

// As JavaScript reads it.
std::string sort_key(double value) {
  if (std::isnan(value)) return "";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  return fmt::format("{:.8g}", value);
}

}  // namespace

std::string sortable_head(std::string_view label, SortOrder first, bool sorted) {
  const char* order = first == SortOrder::kAscending ? "ascending" : "descending";
  return fmt::format(
      "<th scope=\"col\" data-sort=\"{0}\"{1}><button type=\"button\">{2}</button></th>", order,
      sorted ? fmt::format(" aria-sort=\"{}\"", order) : "", label);
}

std::string sortable_cell(std::string_view content, double value, std::string_view below) {
  return fmt::format("<td data-value=\"{}\">{}{}</td>", sort_key(value), content,
                     below.empty() ? "" : fmt::format("<small>{}</small>", below));
}

std::string open_table(const std::string& title, const std::string& heads) {
  return fmt::format("<div><h3>{}</h3>{}<table><thead><tr>{}</tr></thead><tbody>\n", title,
                     open_scroll(title), heads);
}

std::string close_table() {
  return fmt::format("</tbody></table>{}</div>\n", kCloseScroll);
}

}  // namespace keel
