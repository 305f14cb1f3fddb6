#pragma once

#include <filesystem>
#include <string>

#include "apps/results/results.h"

namespace keel {

/// The comparison as one HTML page that needs nothing else: the finding in plain words, learning
/// curves, the table of variants, the commands, the environment and how every number came about.
std::string report_html(const Comparison& comparison);

/// Writes report_html to a file. Throws Error(kData) when that fails.
void write_report(const Comparison& comparison, const std::filesystem::path& path);

}  // namespace keel
