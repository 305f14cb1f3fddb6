#include "apps/text/svg_chart.h"

#include <cmath>
#include <utility>

#include "tests/support/test.h"

using keel::LineChart;

namespace {

// How often a text occurs in another.
int count(const std::string& text, const std::string& part) {
  int found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

LineChart one_line() {
  LineChart chart;
  chart.label = "Loss";
  chart.x.label = "steps";
  chart.x.high = 100;
  keel::ChartSeries& series = chart.series.emplace_back();
  series.id = 3;
  series.colour = "var(--c3)";
  series.line = {{0, 1, 1, 1}, {100, 0, 0, 0}};
  return chart;
}

keel::ChartTrace trace(std::vector<keel::ChartPoint> points, bool crossed) {
  return {std::move(points), crossed};
}

}  // namespace

TEST_CASE("ticks are round numbers inside the range") {
  CHECK(keel::round_ticks(0, 100, 5) == std::vector<double>{0, 20, 40, 60, 80, 100});
  CHECK(keel::round_ticks(3, 17, 5) == std::vector<double>{5, 10, 15});
  const std::vector<double> small = keel::round_ticks(0.012, 0.019, 4);
  REQUIRE(small.size() == 4);
  CHECK(small.front() == Approx(0.012));
  CHECK(small.back() == Approx(0.018));
  CHECK(keel::round_ticks(5, 5, 4) == std::vector<double>{5});
  CHECK_FALSE(std::signbit(keel::round_ticks(0, 1, 5).front()));
}

TEST_CASE("logarithmic ticks are 1, 2 and 5 times powers of ten") {
  const std::vector<double> ticks = keel::logarithmic_ticks(0.15, 12);
  const std::vector<double> expected = {0.2, 0.5, 1, 2, 5, 10};
  REQUIRE(ticks.size() == expected.size());
  for (std::size_t i = 0; i < ticks.size(); ++i) CHECK(ticks[i] == Approx(expected[i]));
  CHECK(keel::logarithmic_ticks(1e-6, 1).size() == 7);
}

TEST_CASE("a short logarithmic axis has ticks all the same") {
  const auto approximately = [](const std::vector<double>& ticks,
                                const std::vector<double>& expected) {
    REQUIRE(ticks.size() == expected.size());
    for (std::size_t i = 0; i < ticks.size(); ++i) CHECK(ticks[i] == Approx(expected[i]));
  };
  approximately(keel::logarithmic_ticks(2.2, 5.9), {3, 4, 5});
  approximately(keel::logarithmic_ticks(2.26, 2.39), {2.26, 2.28, 2.3, 2.32, 2.34, 2.36, 2.38});
  approximately(keel::logarithmic_ticks(9.2, 9.9), {9.2, 9.4, 9.6, 9.8});
}

TEST_CASE("a line runs between the corners of its plot") {
  const std::string text = keel::svg(one_line());
  CHECK_THAT(text, ContainsSubstring(R"(<path class="line" d="M64.0 14.0L544.0 276.0"/>)"));
  CHECK_THAT(text, ContainsSubstring("data-series=\"3\" style=\"color:var(--c3)\""));
  CHECK_THAT(text, ContainsSubstring(">100</text>"));
  CHECK_THAT(text, ContainsSubstring(">0.8</text>"));
  CHECK(count(text, "class=\"band\"") == 0);
}

TEST_CASE("a line of one point is a dot") {
  LineChart chart = one_line();
  CHECK(count(keel::svg(chart), "<circle") == 0);
  chart.series[0].line.resize(1);
  CHECK(count(keel::svg(chart), "<circle") == 1);
}

TEST_CASE("a dot on the edge of the plot is whole, and one beyond it is left out") {
  LineChart chart = one_line();
  chart.series[0].dots = true;
  chart.series[0].line = {{50, 0.5, 0, 0}, {100, 0, 0, 0}, {100, 7, 0, 0}};
  const std::string text = keel::svg(chart);
  const std::size_t plot = text.find("class=\"plot\""), end = text.find("</svg>", plot);
  CHECK(text.find("<circle") > end);
  CHECK(count(text, "<circle") == 2);
  CHECK_THAT(text, ContainsSubstring("cx=\"544.0\" cy=\"276.0\""));
}

TEST_CASE("a band is drawn where seeds differ") {
  LineChart chart = one_line();
  chart.series[0].line = {{0, 0.5, 0.25, 1}, {100, 0.5, 0.5, 0.5}};
  const std::string band =
      R"(<path class="band" d="M64.0 14.0L544.0 145.0L544.0 145.0L64.0 210.5"/>)";
  CHECK_THAT(keel::svg(chart), ContainsSubstring(band));
}

TEST_CASE("a cross ends a diverged trace and stays inside the plot") {
  LineChart chart = one_line();
  chart.series[0].traces = {trace({{0, 0.5, 0, 0}, {50, 7, 0, 0}}, true),
                            trace({{0, 0.5, 0, 0}}, false), trace({}, true)};
  const std::string text = keel::svg(chart);
  CHECK(count(text, "class=\"cross\"") == 1);
  CHECK_THAT(text, ContainsSubstring(R"(class="cross" d="M299.5 9.5l9 9)"));
}

TEST_CASE("points that are not finite are left out") {
  LineChart chart = one_line();
  chart.series[0].line.push_back({NAN, 0.5, 0.5, 0.5});
  chart.series[0].line.push_back({50, NAN, NAN, NAN});
  chart.series[0].traces = {trace({{50, INFINITY, 0, 0}}, true)};
  const std::string text = keel::svg(chart);
  CHECK_THAT(text, ContainsSubstring(R"(d="M64.0 14.0L544.0 276.0"/>)"));
  CHECK(count(text, "nan") == 0);
  CHECK(count(text, "inf") == 0);
}

TEST_CASE("ticks beyond millions are powers of ten") {
  LineChart chart = one_line();
  chart.y.high = 4e16;
  chart.series[0].line = {{0, 3e16, 3e16, 3e16}, {100, 0, 0, 0}};
  CHECK_THAT(keel::svg(chart), ContainsSubstring(">4e+16</text>") && !ContainsSubstring("000,000"));
}

TEST_CASE("labels are escaped") {
  LineChart chart = one_line();
  chart.label = "<\"&'>";
  CHECK_THAT(keel::svg(chart), ContainsSubstring("aria-label=\"&lt;&quot;&amp;&#39;&gt;\""));
}

TEST_CASE("both axes may be logarithmic, with ticks where they are wanted") {
  LineChart chart = one_line();
  chart.x = {.label = "lr", .low = 0.01, .high = 1, .logarithmic = true, .ticks = {0.01, 0.1, 1}};
  chart.series[0].line = {{0.01, 1, 1, 1}, {0.1, 0.5, 0.5, 0.5}, {1, 0, 0, 0}};
  chart.series[0].dots = true;
  const std::string text = keel::svg(chart);
  CHECK_THAT(text, ContainsSubstring("data-logarithmic=\"1 0\""));
  CHECK_THAT(text, ContainsSubstring("d=\"M64.0 14.0L304.0 145.0L544.0 276.0\""));
  CHECK_THAT(text, ContainsSubstring("<circle class=\"dot\" cx=\"304.0\" cy=\"145.0\""));
  for (const char* tick : {">0.01</text>", ">0.1</text>", ">1</text>"}) {
    CHECK_THAT(text, ContainsSubstring(tick));
  }
}

TEST_CASE("a trace is drawn on a logarithmic scale, a band down to its foot") {
  LineChart chart = one_line();
  chart.y = {.low = 0.1, .high = 10, .logarithmic = true};
  chart.series[0].line = {{0, 1, 0, 2}, {100, 1, 0, 2}};
  chart.series[0].traces = {trace({{0, 10, 0, 0}, {100, 0.1, 0, 0}}, false)};
  const std::string text = keel::svg(chart);
  CHECK_THAT(text, ContainsSubstring("class=\"trace\" d=\"M64.0 14.0L544.0 276.0\""));
  CHECK_THAT(text, !ContainsSubstring("inf") && !ContainsSubstring("nan"));
}

TEST_CASE("a series without a number belongs to no button") {
  LineChart chart = one_line();
  chart.series[0].id = -1;
  CHECK_THAT(keel::svg(chart), !ContainsSubstring("data-series"));
}
