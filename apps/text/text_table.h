#pragma once
// Tables for a terminal and for documents.

#include <cstddef>
#include <string>
#include <vector>

namespace keel {

using TableRow = std::vector<std::string>;

/// A line for each row, with two spaces between columns that are as wide as their widest cell. The
/// first `left_columns` stand to the left in their columns, the others to the right. Rows are of
/// equal length.
std::string aligned(const std::vector<TableRow>& rows, std::size_t left_columns = 1);

/// The same rows as a table of Markdown, the first one as its head. What would end a cell is
/// escaped.
std::string markdown_table(const std::vector<TableRow>& rows);

/// The left text, and the right one in lines that begin at the column and end before the width,
/// unless a word is longer. A left text that reaches the column has a line of its own.
std::string two_columns(const std::string& left, const std::string& right, std::size_t column,
                        std::size_t width);

}  // namespace keel
