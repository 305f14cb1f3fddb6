#pragma once
// Tables for a terminal and for documents.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace keel {

using TableRow = std::vector<std::string>;

/// A line for each row, with two spaces between columns that are as wide as their widest cell. The
/// first `left_columns` stand to the left in their columns, the others to the right. Rows are of
/// equal length.
std::string aligned(const std::vector<TableRow>& rows, std::size_t left_columns = 1);

/// Plain text for a place within a line of Markdown: | would end a table's cell, a line break the
/// table, and < begin a tag.
std::string markdown_text(std::string_view text);

/// The same rows as a table of Markdown, the first one as its head. Cells are plain text.
std::string markdown_table(const std::vector<TableRow>& rows);

/// The left text, and the right one in lines that begin at the column and end before the width,
/// unless a word is longer. A left text that reaches the column has a line of its own.
std::string two_columns(const std::string& left, const std::string& right, std::size_t column,
                        std::size_t width);

}  // namespace keel
