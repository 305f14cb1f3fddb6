#include "apps/report/diagnostics.h"

#include <cmath>

#include "apps/report/landscape.h"
#include "apps/report/landscape_extremes.h"
#include "apps/report/layers.h"
#include "apps/report/report.h"
#include "apps/report/time.h"
#include "tests/apps/sample_comparison.h"
#include "tests/apps/sample_probe.h"
#include "tests/support/test.h"

using keel::Comparison;
using keel::ReportFigure;
using keel::ReportInput;
using keel::testing::sample_probe;

namespace {

// none and batch over two seeds, probed at steps 1 and 50; batch's losses are lower by 1.
Comparison probed_comparison() {
  Comparison comparison = keel::testing::empty_comparison();
  for (const char* norm : {"none", "batch"}) {
    for (const std::uint64_t seed : {1u, 2u}) {
      keel::Run run = keel::testing::sample_run(norm, seed, {0.5, 0.6});
      for (const std::int64_t step : {1, 50}) {
        keel::Probe probe = sample_probe(step);
        const double shift = norm == std::string("batch") ? -1 : 0.5 * static_cast<double>(seed);
        probe.landscape.loss += shift;
        probe.landscape.by_rate.loss.low += shift;
        probe.landscape.by_rate.loss.high += shift;
        run.probes.push_back(probe);
      }
      comparison.runs.push_back(run);
    }
  }
  return comparison;
}

int count(const std::string& text, const std::string& part) {
  int found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("without probes a report has no diagnostics") {
  const Comparison comparison = keel::testing::sample_comparison();
  const ReportInput input(comparison);
  keel::FigureData data;
  CHECK(keel::diagnostics_html(input, data).empty());
  CHECK(keel::landscape_figures(input).empty());
  CHECK(keel::activation_figures(input).empty());
  CHECK(keel::layer_maps_html(input).empty());
}

TEST_CASE("the loss band is the widest of the seeds around their mean loss") {
  const Comparison comparison = probed_comparison();
  const std::vector<ReportFigure> figures = keel::landscape_figures(ReportInput(comparison));
  REQUIRE(figures.size() == 2 * 4);  // the loss on two scales, gradient change, beta; two walks
  REQUIRE(figures[0].chart.series.size() == 2);
  const std::vector<keel::ChartPoint>& none = figures[0].chart.series[0].line;
  REQUIRE(none.size() == 2);
  CHECK(none[1].x == 50);
  CHECK(none[1].y == Approx(2.5 + 0.75));
  CHECK(none[1].low == Approx(2.25 + 0.5));
  CHECK(none[1].high == Approx(2.75 + 1));
  CHECK(figures[2].title == "Change of the gradient");
  CHECK(figures[2].chart.series[1].line[0].y == Approx(1.5));
  CHECK(figures[2].chart.series[1].line[0].low == Approx(0.5));
  CHECK(figures[3].chart.series[0].line[0].y == Approx(17.5));
  CHECK(figures[0].shown);
  CHECK_FALSE(figures[1].shown);
}

TEST_CASE("the landscape is also told at steps that all runs have in common") {
  Comparison comparison = probed_comparison();
  for (keel::Run& run : comparison.runs) {
    for (keel::Probe& probe : run.probes) probe.landscape.by_step.beta = 3;
  }
  const std::vector<ReportFigure> figures = keel::landscape_figures(ReportInput(comparison));
  REQUIRE(figures.size() == 8);
  CHECK(figures[7].title == "Beta smoothness");
  CHECK(figures[7].chart.series[0].line[0].y == Approx(3));
  CHECK(figures[7].choices.front().second == "step");
  CHECK_FALSE(figures[7].shown);
  const std::string page = keel::report_html(comparison);
  CHECK(count(page, "name=\"along\"") == 2);
  CHECK_THAT(page, ContainsSubstring("data-along=\"step\" hidden><div><h3>Loss landscape"));
  CHECK_THAT(page, ContainsSubstring("<td data-value=\"3\">3</td></tr>"));
}

TEST_CASE("where a band has no upper end stands a cross") {
  Comparison comparison = probed_comparison();
  comparison.runs[0].probes[0].landscape.by_rate.loss.high = keel::kNotMeasured;
  comparison.runs[0].probes[0].landscape.loss = keel::kNotMeasured;
  comparison.runs[1].probes[0].landscape.loss = keel::kNotMeasured;
  const std::vector<ReportFigure> figures = keel::landscape_figures(ReportInput(comparison));
  CHECK(figures[0].chart.series[0].line.size() == 1);
  REQUIRE(figures[0].chart.series[0].traces.size() == 1);
  CHECK(figures[0].chart.series[0].traces[0].points[0].x == 1);
  CHECK_THAT(figures[0].caption, ContainsSubstring(", ×: 1 not finite"));
  CHECK(figures[0].chart.series[1].traces.empty());
  CHECK_THAT(keel::report_html(comparison),
             !ContainsSubstring("nan") && !ContainsSubstring("inf,"));
}

TEST_CASE("activations are ribbons from the 15th to the 85th percentile") {
  const Comparison comparison = probed_comparison();
  const ReportInput input(comparison);
  const keel::ProbedUnits units = keel::probed_units(input);
  CHECK(units.layers == std::vector<std::string>{"features.2"});
  CHECK(units.units == 2);
  const std::vector<ReportFigure> figures = keel::activation_figures(input);
  REQUIRE(figures.size() == 2);
  const keel::ChartPoint point = figures[1].chart.series[0].line[0];
  CHECK(point.low == Approx(-2));
  CHECK(point.y == Approx(0.5));
  CHECK(point.high == Approx(2));
}

TEST_CASE("layers are rows, probed steps columns") {
  Comparison comparison = probed_comparison();
  comparison.runs[0].probes[1].updates[0].gradient_norm = 1.5;  // with seed 2's: 1
  const std::string maps = keel::layer_maps_html(ReportInput(comparison));
  CHECK(count(maps, "data-measure=\"") == 10);
  CHECK_THAT(maps, ContainsSubstring("<th scope=\"row\">features.0</th>"
                                     "<td style=\"--share:0.500\">0.5</td>"
                                     "<td style=\"--share:1.000\">1</td></tr>"));
  CHECK(count(maps, "<th scope=\"col\">50</th>") == 2 * 10);
  CHECK(count(maps, "</span>Gradient norm: batch</h3>") == 1);  // on paper no control names it
}

TEST_CASE("the effective learning rate falls with the square of the weights' size") {
  Comparison comparison = probed_comparison();
  for (keel::Run& run : comparison.runs) {
    for (keel::Probe& probe : run.probes) {
      probe.lr = 0.1;
      probe.updates[0].weight_norm = probe.step == 50 ? 20 : 2;
    }
  }
  const std::string maps = keel::layer_maps_html(ReportInput(comparison));
  CHECK_THAT(maps, ContainsSubstring("<td style=\"--share:1.000\">0.025</td>"
                                     "<td style=\"--share:0.000\">0.00025</td></tr>"));
}

TEST_CASE(
    "the drift of activations is the change of the median in spreads, from the second probe on") {
  Comparison comparison = probed_comparison();
  for (keel::Run& run : comparison.runs) {
    // Medians from 0 to 1.25 and from 0.5 to 1.5, spreads of 2.5 and 4; of seed 2 the latter alone.
    std::vector<keel::UnitPercentiles>& units = run.probes[1].activity[0].units;
    if (run.seed == 1) units[0].p50 = 1.25;
    units[1].p50 = 1.5;
  }
  const std::string maps = keel::layer_maps_html(ReportInput(comparison));
  CHECK_THAT(maps, ContainsSubstring("<th scope=\"row\">features.2</th><td class=\"none\">–</td>"
                                     "<td style=\"--share:0.500\">0.25</td></tr>"));
}

TEST_CASE("tables tell the landscape's extremes, accuracies by statistics and time by op") {
  const std::string page = keel::report_html(probed_comparison());
  CHECK_THAT(page, ContainsSubstring("<h2>Diagnostics</h2>"));
  CHECK_THAT(page,
             ContainsSubstring("<td data-value=\"0.5\">0.5</td><td data-value=\"0.5\">0.5</td>"
                               "<td data-value=\"1.5\">1.5</td>"));
  CHECK_THAT(page, ContainsSubstring("<td data-value=\"17.5\">17.5</td></tr>"));
  CHECK_THAT(page,
             ContainsSubstring("<td data-value=\"50\">50</td><td data-value=\"0.5\">50.00 %</td>"
                               "<td data-value=\"0.625\">62.50 %</td>"
                               "<td data-value=\"0.75\">75.00 %</td></tr>"));
  CHECK_THAT(page, ContainsSubstring("<th scope=\"row\">conv2d</th><td data-value=\"1.5\">1.5 ms"
                                     "<small>75 %</small>"));
}

TEST_CASE("the time of an op is the median without a run's first probe, and normalisation a sum") {
  Comparison comparison = probed_comparison();
  for (keel::Run& run : comparison.runs) {
    run.probes.push_back(sample_probe(99));
    run.probes[0].time = {{"conv2d", 1000, 1}};
    for (std::size_t i = 1; i < run.probes.size(); ++i) {
      const double conv = i == 1 ? 4 : run.seed == 1 ? 6 : 100;
      run.probes[i].time = {
          {"conv2d", conv, 0}, {"normalize", 2, 0}, {"normalize backward", 3, 0}, {"linear", 1, 0}};
    }
  }
  // 4, 4, 6 and 100 of conv2d; 11 in all.
  const std::string page = keel::report_html(comparison);
  CHECK_THAT(page, ContainsSubstring("<td data-value=\"5\">5 ms<small>45 %</small></td>"
                                     "<td data-value=\"5\">5 ms<small>45 %</small></td></tr>\n"
                                     "<tr><th scope=\"row\">conv2d</th><td data-value=\"5\">"));
}

TEST_CASE("the share of normalisation is what a step has beyond the one without") {
  Comparison comparison = probed_comparison();
  for (keel::Run& run : comparison.runs) {
    for (keel::Probe& probe : run.probes) {
      probe.time = {{"conv2d", run.seed == 1 ? 4.0 : 5.0, 0}, {"relu", 1, 0}};
      if (run.settings["norm"] == "batch") probe.time.push_back({"batch_norm", 2, 0});
    }
  }
  const ReportInput input(comparison);
  const auto share = [&](std::string_view norm) {
    for (const keel::Variant& variant : input.variants) {
      if (variant.label == norm) return keel::normalisation_share(input, variant);
    }
    return -1.0;
  };
  CHECK(share("batch") == Approx(2 / 7.5));  // the medians: 4.5, 1 and 2
  CHECK(std::isnan(share("none")));
  CHECK_THAT(
      keel::report_html(comparison),
      ContainsSubstring(
          "less that without one</th><td data-value=\"\">–</td><td data-value=\"2\">2 ms<small>"
          "27 %</small></td></tr>"));

  for (keel::Run& run : comparison.runs) {
    if (run.settings["norm"] == "none") keel::testing::set(run, "norm", "group");
  }
  CHECK_THAT(keel::report_html(comparison), !ContainsSubstring("less that without one"));
}

TEST_CASE("a median stands beside the largest value") {
  Comparison comparison = probed_comparison();
  for (keel::Run& run : comparison.runs) {
    run.probes[0].landscape.by_rate.beta = run.seed == 1 ? 40 : 20;
    run.probes[1].landscape.by_rate.beta = run.seed == 1 ? 10 : keel::kNotMeasured;
  }
  comparison.runs[1].probes[1].landscape.by_rate.beta = 2;
  // 2, 10, 20, 40 of none; 10, 20, 40 and what is not finite of batch, which looks no smoother for
  // it.
  const std::string page = keel::report_html(comparison);
  CHECK_THAT(page,
             ContainsSubstring("<td data-value=\"40\">40</td><td data-value=\"15\">15</td></tr>"));
  CHECK_THAT(page, ContainsSubstring("<td data-value=\"Infinity\">∞<small>1 of 4 probes not finite"
                                     "</small></td><td data-value=\"30\">30</td></tr>"));
}

TEST_CASE("extremes without values are not known, without finite ones infinite") {
  CHECK(std::isnan(keel::extremes_of({}).largest));
  const keel::Extremes none = keel::extremes_of({keel::kNotMeasured, keel::kNotMeasured});
  CHECK(std::isinf(none.largest));
  CHECK(std::isinf(none.median));
  CHECK(none.not_finite == 2);
}

TEST_CASE("names of layers and ops stay text") {
  Comparison comparison = probed_comparison();
  keel::Probe& probe = comparison.runs[0].probes[0];
  probe.updates[0].layer = probe.activity[0].layer = probe.time[0].op = "<script>";
  CHECK_THAT(keel::report_html(comparison), !ContainsSubstring("><script>"));
}
