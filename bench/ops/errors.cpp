#include "bench/ops/errors.h"

#include <iostream>
#include <regex>

#include <fmt/format.h>

#include <keel/core/precision.h>

#include "apps/text/text_table.h"
#include "apps/train/environment.h"

namespace keel::bench {

void print_errors(const std::vector<Case>& cases, const std::string& filter, bool markdown) {
  const std::regex wanted(filter, std::regex::extended);
  std::vector<TableRow> rows = {{"case", "fast", "precise"}};
  for (const Case& c : cases) {
    if (!c.error || !std::regex_search(c.name, wanted)) continue;
    TableRow row = {c.name};
    for (const Precision precision : {Precision::kFast, Precision::kPrecise}) {
      set_precision(precision);
      row.push_back(fmt::format("{:.1e}", c.error()));
    }
    rows.push_back(std::move(row));
  }
  std::cout << version_text() << "\n\n" << (markdown ? markdown_table(rows) : aligned(rows));
}

}  // namespace keel::bench
