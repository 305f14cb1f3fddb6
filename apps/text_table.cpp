#include "apps/text_table.h"

#include <algorithm>

#include "apps/display_width.h"

namespace keel {

std::string aligned(const std::vector<TableRow>& rows, std::size_t left_columns) {
  std::vector<std::size_t> widths;
  for (const TableRow& row : rows) {
    widths.resize(row.size());
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], display_width(row[i]));
    }
  }
  std::string text;
  for (const TableRow& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string space(widths[i] - display_width(row[i]), ' ');
      if (i > 0) text += "  ";
      text += i < left_columns ? row[i] + space : space + row[i];
    }
    text += '\n';
  }
  return text;
}

}  // namespace keel
