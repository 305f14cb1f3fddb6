#pragma once
// The learning curves of a report: every metric against steps and against seconds, for each
// learning rate and batch size, as figures between which the report's controls choose.

#include <string>
#include <vector>

#include "apps/statistics.h"

namespace keel {

/// What the controls of a report choose from, each in the order of first appearance, but
/// kReferenceNorm before the other normalisations.
struct ReportAxes {
  std::vector<std::string> norms;
  std::vector<std::string> rates;    ///< learning rates as rate_text writes them
  std::vector<std::string> batches;  ///< batch sizes
};

/// Where a variant lies on the axes.
struct ReportPlace {
  std::size_t norm = 0, rate = 0, batch = 0;
};

ReportAxes report_axes(const std::vector<Variant>& variants);
ReportPlace report_place(const ReportAxes& axes, const Variant& variant);

/// The CSS colour of a normalisation, the same in the whole report; the reference's is neutral.
std::string norm_colour(const ReportAxes& axes, std::size_t norm);

/// Whether its lines are dashed: the reference's, and those of a colour that comes a second time.
bool norm_dashed(const ReportAxes& axes, std::size_t norm);

/// All figures, each with the choices that show it as data-* attributes; the ones not chosen at
/// first are hidden. `shown` tells which learning rate and batch size are chosen.
std::string report_figures(const std::vector<Variant>& variants, const ReportAxes& axes,
                           const ReportPlace& shown);

/// The curves' numbers as JSON for the page's tooltips; safe inside a <script> element.
std::string report_data(const std::vector<Variant>& variants, const ReportAxes& axes);

}  // namespace keel
