#include "apps/text/text_table.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "apps/text/display_width.h"

namespace keel {
namespace {

// Breaks between words, so that no line is longer than `width` if its words are not.
std::string wrap(const std::string& text, std::size_t width) {
  std::string result;
  std::size_t column = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::size_t length = end - begin;
    if (column > 0) {
      const bool breaks = column + 1 + length > width;
      result += breaks ? '\n' : ' ';
      column = breaks ? 0 : column + 1;
    }
    result.append(text, begin, length);
    column += length;
    begin = end + 1;
  }
  return result;
}

std::string markdown_line(const TableRow& row) {
  std::string line = "|";
  for (const std::string& cell : row) line += fmt::format(" {} |", markdown_text(cell));
  return line + "\n";
}

}  // namespace

std::string markdown_text(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|' || c == '\\' || c == '<') escaped += '\\';
    escaped += c == '\n' || c == '\r' ? ' ' : c;
  }
  return escaped;
}

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

std::string markdown_table(const std::vector<TableRow>& rows) {
  std::string text = markdown_line(rows.front());
  text += markdown_line(TableRow(rows.front().size(), "---"));
  for (std::size_t i = 1; i < rows.size(); ++i) text += markdown_line(rows[i]);
  return text;
}

std::string two_columns(const std::string& left, const std::string& right, std::size_t column,
                        std::size_t width) {
  std::string text = left;
  const bool fits = left.size() + 2 <= column;
  if (!fits) text += '\n';
  text.append(fits ? column - left.size() : column, ' ');
  for (const char letter : wrap(right, width - column)) {
    text += letter;
    if (letter == '\n') text.append(column, ' ');
  }
  return text + '\n';
}

}  // namespace keel
