#include "apps/report/report.h"

#include <cmath>
#include <regex>
#include <set>

#include <keel/core/file.h>

#include "apps/report/curves.h"
#include "apps/report/figure.h"
#include "apps/report/parts.h"
#include "apps/report/sensitivity.h"
#include "tests/apps/sample_comparison.h"
#include "tests/apps/sample_probe.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test.h"

using keel::Comparison;
using keel::report_html;

namespace {

int count(const std::string& text, const std::string& pattern) {
  const std::regex regex(pattern);
  return static_cast<int>(
      std::distance(std::sregex_iterator(text.begin(), text.end(), regex), std::sregex_iterator()));
}

std::string data_block(const std::string& page) {
  const std::string open = "id=\"data\">";
  const auto begin = page.find(open) + open.size();
  return page.substr(begin, page.find("</script>", begin) - begin);
}

// A command whose lines break between its words only.
std::string as_words(const std::string& command) {
  return "<code><span>" + std::regex_replace(command, std::regex(" "), "</span> <span>") +
         "</span></code>";
}

// What no page may contain: a number that was not measured, or a fetch.
void check_sound(const std::string& page) {
  CHECK(count(page, "[>\"( :,]-?(nan|inf)[<\" ,)%]") == 0);
  CHECK(count(page, "https?://(?!www\\.w3\\.org/2000/svg)") == 0);
  CHECK(count(page, "<link|<img|<iframe|<object|[^-]src=|@import|url\\(|fetch\\(") == 0);
  CHECK(nlohmann::json::accept(data_block(page)));
}

}  // namespace

TEST_CASE("the report shows every variant, the finding, the commands and the environment") {
  const Comparison comparison = keel::testing::sample_comparison();
  const std::string page = report_html(comparison);
  check_sound(page);
  CHECK_THAT(page, ContainsSubstring("<h1>Most accurate is batch, with 90.00&nbsp;%"));
  for (const char* norm : {"none", "batch", "layer"}) {
    CHECK_THAT(page, ContainsSubstring(std::string("</span>") + norm + "</button>"));
    CHECK_THAT(page, ContainsSubstring(std::string("</span>") + norm + "</th>"));
  }
  for (const keel::Run& run : comparison.runs) {
    CHECK_THAT(page, ContainsSubstring(as_words(run.command)));
  }
  CHECK_THAT(page, ContainsSubstring("<span>keel</span> <span>compare</span>"));
  CHECK_THAT(page, ContainsSubstring("<dt>CPU</dt><dd>A processor</dd>") &&
                       ContainsSubstring("<dt>Threads</dt><dd>2</dd>") &&
                       ContainsSubstring("<dt>Memory</dt><dd>1.5 GiB</dd>"));
  CHECK_THAT(page, ContainsSubstring("90.00 ± 5.00 %"));
  CHECK_THAT(page, ContainsSubstring("2 of 3</span>"));
  CHECK_THAT(page, ContainsSubstring("diverged at step 107 in features.3"));
}

TEST_CASE("each metric is drawn against steps, epochs and seconds, the loss on two scales") {
  const std::string page = report_html(keel::testing::sample_comparison());
  CHECK(count(page, "<svg class=\"lines\"") == 18);
  CHECK(count(page, "<figure class=\"chart choosable\"[^>]* hidden>") == 16);
  // Two diverged runs in each figure.
  CHECK(count(page, "class=\"cross\"") == 36);
  CHECK(count(page, "data-smooth=") == 0);

  Comparison logged = keel::testing::sample_comparison();
  for (int step = 1; step <= 1000; ++step) logged.runs[0].steps.push_back({step, 1.0 / step, 0.5});
  const std::string finer = report_html(logged);
  CHECK(count(finer, "data-smooth=\"light\"") == 3);
  CHECK(count(finer, "<svg class=\"lines\"") == 24);
  CHECK(count(finer, "class=\"cross\"") == 48);
  CHECK(count(finer, "name=\"smooth\"") == 3);
  check_sound(finer);
}

TEST_CASE("the first curves are those of the training where the test images' have few points") {
  Comparison comparison = keel::testing::empty_comparison();
  comparison.runs = {keel::testing::sample_run("none", 1, {0.5, 0.6})};
  const auto first = [&comparison] {
    std::set<std::string> titles;
    for (const keel::ReportFigure& figure : keel::curve_figures(keel::ReportInput(comparison))) {
      if (figure.shown) titles.insert(figure.title);
    }
    return titles;
  };
  const std::set<std::string> test = {"Test accuracy", "Test loss"};
  CHECK(first() == test);
  for (int step = 1; step <= 100; ++step) comparison.runs[0].steps.push_back({step, 1.0, 0.5});
  CHECK(first() == std::set<std::string>{"Training accuracy", "Training loss"});
  CHECK_THAT(report_html(comparison), ContainsSubstring("value=\"train\" checked"));
  comparison.runs[0].evaluations = {{30, 1.0, 0.3}};
  CHECK(first() == test);
}

TEST_CASE("a page without two measurements of any run has no curves, and no controls of them") {
  Comparison comparison = keel::testing::empty_comparison();
  comparison.runs = {keel::testing::sample_run("none", 1, {0.5}),
                     keel::testing::sample_run("batch", 1, {0.6})};
  const std::string dots = report_html(comparison);
  CHECK(count(dots, "<svg class=\"lines\"|name=\"split|name=\"across|Learning curves") == 0);
  CHECK_THAT(dots,
             ContainsSubstring("<h2>Final test accuracy</h2>") && !ContainsSubstring("area under"));
  check_sound(dots);
  comparison.runs[0].steps = {{1, 2.0, 0.1}};
  CHECK(count(report_html(comparison), "name=\"smooth") == 0);
  comparison.runs[0].probes = {keel::testing::sample_probe(1)};
  CHECK(count(report_html(comparison), "name=\"scale") == 2);  // the landscape's
  comparison.runs[0].probes.clear();

  comparison.runs[0].steps = {{1, 2.0, 0.1}, {2, 1.5, 0.2}};
  const keel::ReportInput input(comparison);
  CHECK(keel::curve_splits(input) == std::vector<std::string>{"train"});
  const std::string training = report_html(comparison);
  CHECK(count(training, "name=\"split") == 0);
  CHECK(count(training, "name=\"across") == 3);
  const std::vector<keel::ReportFigure> figures = keel::curve_figures(input);
  REQUIRE(figures.front().title == "Training accuracy");
  CHECK(figures.front().chart.series[0].line[1].y == Approx(0.2));  // of the step
}

TEST_CASE("the numbers of a page know every step") {
  Comparison comparison = keel::testing::empty_comparison();
  comparison.runs = {keel::testing::sample_run("none", 1, {0.5, 0.123456789})};
  comparison.runs[0].epochs.back().step = 1234567;
  const auto tables = nlohmann::json::parse(data_block(report_html(comparison)));
  CHECK(tables[0][0]["x"] == std::vector<double>{100, 1234567});
  CHECK(tables[0][0]["y"][1][0] == 0.12346);
}

TEST_CASE("near chance is what the classes make it") {
  Comparison comparison = keel::testing::empty_comparison();
  comparison.classes = 100;
  for (const char* lr : {"0.1", "1"}) {
    comparison.runs.push_back(keel::testing::sample_run("none", 1, {0.5}));
    keel::testing::set(comparison.runs.back(), "lr", lr);
  }
  CHECK_THAT(report_html(comparison), ContainsSubstring("less than 1 points above 1 / classes"));
}

TEST_CASE("decades are told of settings that span one") {
  Comparison comparison = keel::testing::empty_comparison();
  comparison.axes = {"norm", "depth"};
  for (const char* depth : {"2", "4"}) {
    for (keel::Run run : {keel::testing::sample_run("none", 1, {0.8}),
                          keel::testing::sample_run("batch", 1, {0.9})}) {
      keel::testing::set(run, "depth", depth);
      comparison.runs.push_back(run);
    }
  }
  CHECK_THAT(report_html(comparison),
             ContainsSubstring("2 to 4</td><td data-value=\"\">–</td></tr>"));
}

TEST_CASE("curves of the test images show what was measured within epochs") {
  Comparison comparison = keel::testing::sample_comparison();
  for (keel::Run& run : comparison.runs) {
    run.evaluations = {{50, 1.0, 0.3}};
    if (!run.epochs.empty()) run.evaluations.push_back({150, 0.5, 0.6});
  }
  const keel::ReportInput input(comparison);
  for (const keel::ReportFigure& figure : keel::curve_figures(input)) {
    const bool on_test = figure.title.rfind("Test", 0) == 0;
    const std::vector<keel::ChartPoint>& line = figure.chart.series[1].line;
    REQUIRE(line.size() == (on_test ? 4U : 2U));
    if (!on_test || figure.x_word != "epoch") continue;
    CHECK(line[0].x == Approx(0.5));
    CHECK(line[2].x == Approx(1.5));
    CHECK(line[2].y == Approx(figure.percent ? 0.6 : 0.5));
  }
  check_sound(report_html(comparison));
}

TEST_CASE("the smoothing is offered where logged steps are shown") {
  Comparison comparison = keel::testing::sample_comparison();
  comparison.runs[0].steps = {{1, 1.0, 0.5}};
  CHECK_THAT(report_html(comparison),
             ContainsSubstring("<fieldset class=\"choosable\" data-split=\"train\" "
                               "data-across=\"step\" hidden><legend>Smoothing"));
}

TEST_CASE(
    "what is near chance has no stable range in the report, and interim ranges are called so") {
  Comparison comparison = keel::testing::empty_comparison();
  comparison.classes = 10;
  for (const char* lr : {"0.1", "0.01"}) {
    for (keel::Run run : {keel::testing::sample_run("none", 1, {0.1}),
                          keel::testing::sample_run("batch", 1, {0.9})}) {
      keel::testing::set(run, "lr", lr);
      comparison.runs.push_back(run);
    }
  }
  CHECK_THAT(report_html(comparison),
             ContainsSubstring("<td data-value=\"\">near chance</td><td data-value=\"\">–</td>") &&
                 ContainsSubstring("0.01 to 0.1</td>") &&
                 ContainsSubstring("<h3>Stable range of learning rate</h3>"));
  comparison.runs[0].status = keel::RunStatus::kRunning;
  CHECK_THAT(report_html(comparison),
             ContainsSubstring("<h3>Stable range of learning rate so far</h3>"));
}

TEST_CASE("figures of the same lines share their numbers") {
  const std::string page = report_html(keel::testing::sample_comparison());
  const auto tables = nlohmann::json::parse(data_block(page));
  CHECK(tables.size() == 6);  // the sample's training and test curves are the same
  CHECK(count(page, "data-table=\"3\"") == 4);
  CHECK(tables[0][1]["id"] == 1);
  CHECK(tables[0][1]["ended"].empty());
  CHECK(tables[0][1]["x"] == std::vector<double>{100, 200});
  CHECK(tables[0][1]["y"][1] == std::vector<double>{0.9, 0.85, 0.95});
}

TEST_CASE("smoothing takes the mean of a step and its neighbours") {
  std::vector<keel::StepResult> steps;
  for (const double loss : {4.0, 1.0, 4.0, 7.0, keel::kNotMeasured, 2.0, 6.0, 0.0, 9.0, 3.0}) {
    steps.push_back({static_cast<std::int64_t>(steps.size()), loss, 0});
  }
  const auto losses = [](const std::vector<keel::StepResult>& smooth) {
    std::vector<double> values;
    for (const keel::StepResult& step : smooth) values.push_back(step.loss);
    return values;
  };
  // One neighbour on either side, none at the ends.
  const std::vector<double> smooth = losses(keel::smoothed(steps, 0.2));
  const std::vector<double> expected = {4, 3, 4, 5.5, 4.5, 4, 8.0 / 3, 5, 4, 3};
  for (std::size_t i = 0; i < smooth.size(); ++i) CHECK(smooth[i] == Approx(expected[i]));
  CHECK(losses(keel::smoothed({steps[0]}, 1)) == std::vector<double>{4});
  CHECK(keel::smoothed({}, 1).empty());
  CHECK(std::isnan(keel::smoothed({steps[4]}, 0)[0].loss));
}

TEST_CASE("several settings get a choice, heat maps and sensitivity curves") {
  Comparison comparison = keel::testing::sample_comparison();
  CHECK(count(report_html(comparison), "name=\"axis|<h2>Sensitivity|class=\"heat") == 0);
  const std::vector<keel::Run> runs = comparison.runs;
  for (keel::Run run : runs) {
    keel::testing::set(run, "lr", "0.01");
    comparison.runs.push_back(run);
  }
  const std::string page = report_html(comparison);
  check_sound(page);
  CHECK(count(page, "name=\"axis1\"") == 2);
  CHECK(count(page, "--share:") == 6);
  CHECK(count(page, "name=\"map\"") == 0);
  CHECK(count(page, "<h3></h3>") == 0);
  CHECK(count(page, "<h3>Final test accuracy</h3>") == 1);
  CHECK(count(page, "<svg class=\"lines\"") == 36 + 18 + 1);
  CHECK(count(page, "<tr[^>]*><th scope=\"row\">") == 6 + 3 + 3);
  CHECK_THAT(page, ContainsSubstring("Final test accuracy</b> <span>against learning rate</span>"));
}

TEST_CASE("a loss that grows at one setting does not flatten the curves of another") {
  Comparison comparison = keel::testing::empty_comparison();
  for (const char* norm : {"none", "batch"}) {
    comparison.runs.push_back(keel::testing::sample_run(norm, 1, {0.5, 0.7}));
    keel::Run wild = keel::testing::sample_run(norm, 1, {0.1, 0.1});
    keel::testing::set(wild, "lr", "1");
    for (keel::EpochResult& epoch : wild.epochs) epoch.test_loss = 30;
    comparison.runs.push_back(wild);
  }
  double accuracy = 0;
  for (const keel::ReportFigure& figure : keel::curve_figures(keel::ReportInput(comparison))) {
    const bool wild = figure.caption.find("learning rate 1") != std::string::npos;
    INFO(figure.title << ", " << figure.caption);
    if (figure.title == "Test loss")
      CHECK((wild ? figure.chart.y.high >= 30 : figure.chart.y.high < 1));
    if (figure.title != "Test accuracy") continue;
    if (accuracy == 0) accuracy = figure.chart.y.high;
    CHECK(figure.chart.y.high == accuracy);
  }
  CHECK(accuracy > 0.7);
}

TEST_CASE("two numeric settings are set against each other, too") {
  Comparison comparison = keel::testing::empty_comparison();
  for (const char* lr : {"0.1", "0.01"}) {
    for (const char* batch : {"64", "8", "128"}) {
      for (const char* norm : {"none", "batch"}) {
        keel::Run run = keel::testing::sample_run(norm, 1, {0.5});
        if (batch == std::string("8") && lr == std::string("0.1")) {
          run = keel::testing::diverged_run(norm, 1);
        }
        keel::testing::set(run, "lr", lr);
        keel::testing::set(run, "batch-size", batch);
        comparison.runs.push_back(run);
      }
    }
  }
  const std::string page = report_html(comparison);
  check_sound(page);
  CHECK(count(page, "name=\"map\"") == 3);
  // Norm by batch size at 2 rates, norm by rate at 3 batch sizes, batch size by rate of 2 norms.
  CHECK(count(page, "<div class=\"heat choosable\"") == 3);
  CHECK(count(page, "<h3>[^S]") == 2 + 3 + 2 + 2);  // and above the commands
  CHECK(count(page, "class=\"none diverged\"") == 2 * 3);
  CHECK_THAT(page, ContainsSubstring("<th scope=\"col\">8</th><th scope=\"col\">64</th>"
                                     "<th scope=\"col\">128</th>"));
  CHECK_THAT(page, ContainsSubstring("<th scope=\"row\">0.01</th>"));
  CHECK(count(page, "data-x=\"batch size\"") == 2);
  CHECK(count(page, "data-x=\"lr\"") == 3);
  CHECK(count(page, "<h3>Stable range") == 2);
}

TEST_CASE("a sweep without other variants is one curve") {
  Comparison comparison = keel::testing::empty_comparison();
  for (const char* lr : {"0.1", "0.01", "1"}) {
    for (const std::uint64_t seed : {1u, 2u}) {
      keel::Run run = keel::testing::sample_run("none", seed, {lr == std::string("1") ? 0.2 : 0.8});
      keel::testing::set(run, "lr", lr);
      comparison.runs.push_back(run);
    }
  }
  comparison.runs.back() = keel::testing::diverged_run("none", 2);
  keel::testing::set(comparison.runs.back(), "lr", "1");
  const keel::ReportInput input(comparison);
  const std::vector<keel::ReportFigure> figures = keel::sensitivity_figures(input);
  REQUIRE(figures.size() == 1);
  CHECK(figures[0].shown);
  CHECK(figures[0].chart.x.logarithmic);
  CHECK(figures[0].chart.x.ticks == std::vector<double>{0.01, 0.1, 1});
  REQUIRE(figures[0].chart.series.size() == 1);
  const keel::ChartSeries& line = figures[0].chart.series[0];
  CHECK(line.id == -1);
  REQUIRE(line.line.size() == 3);
  CHECK(line.line[2].y == Approx(0.2));
  CHECK(line.traces.size() == 1);
  check_sound(report_html(comparison));
}

TEST_CASE("a figure is also a file that needs no style sheet") {
  const Comparison comparison = keel::testing::sample_comparison();
  const keel::ReportInput input(comparison);
  const std::string text = keel::figure_svg(keel::curve_figures(input).front());
  CHECK_THAT(text, ContainsSubstring("xmlns=\"http://www.w3.org/2000/svg\""));
  CHECK_THAT(text, !ContainsSubstring("var("));
  // The label of the last tick is centred on the plot's right edge: neither drawing may cut it.
  CHECK_THAT(text, ContainsSubstring(".lines{overflow:visible}"));
  CHECK_THAT(text, ContainsSubstring("width=\"576\""));
  for (const char* name : {">none</text>", ">batch</text>", ">layer</text>", "Test accuracy"}) {
    CHECK_THAT(text, ContainsSubstring(name));
  }

  keel::ReportFigure wordy = keel::curve_figures(input).front();
  wordy.caption =
      "of a comparison that has more to tell than one line of a figure has room for, and "
      "goes on in the next";
  const std::string longer = keel::figure_svg(wordy);
  CHECK(count(longer, "font-size:14px") == 2);
  CHECK_THAT(longer, ContainsSubstring("goes on in the next</text>"));
}

TEST_CASE("whatever a string holds, it stays text") {
  const std::string evil = "</script><script src='http://evil'>\"&";
  Comparison comparison = keel::testing::sample_comparison();
  comparison.title = comparison.dataset = comparison.dataset_note = comparison.model = evil;
  comparison.command = comparison.keel_version = comparison.created = evil;
  comparison.environment = {{evil, evil}};
  for (keel::Run& run : comparison.runs) {
    run.id = run.command = evil;
    if (run.settings["norm"] == "layer") keel::testing::set(run, "norm", evil);
    if (run.diverged) run.diverged->layer = evil;
  }
  const std::string page = report_html(comparison);
  CHECK(count(page, "<script") == 2);
  CHECK(count(page, "</script>") == 2);
  CHECK_THAT(page, ContainsSubstring(
                       "&lt;/script&gt;&lt;script src=&#39;http://evil&#39;&gt;&quot;&amp;"));
}

TEST_CASE("a report survives runs without epochs or numbers") {
  check_sound(report_html(Comparison{}));

  Comparison comparison = keel::testing::sample_comparison();
  for (keel::Run& run : comparison.runs) run.epochs.clear();
  check_sound(report_html(comparison));

  comparison = keel::testing::sample_comparison();
  comparison.runs[1].epochs[0] = keel::EpochResult{};
  for (keel::EpochResult& epoch : comparison.runs[2].epochs) epoch = keel::EpochResult{};
  check_sound(report_html(comparison));

  comparison = keel::testing::sample_comparison();
  CHECK_THAT(report_html(comparison), !ContainsSubstring("class=\"live\""));
  for (keel::Run& run : comparison.runs) run.status = keel::RunStatus::kRunning;
  comparison.runs[0].status = keel::RunStatus::kCompleted;
  const std::string page = report_html(comparison);
  check_sound(page);
  CHECK_THAT(page, ContainsSubstring("1 of 9 runs are over."));
}

TEST_CASE("axes of the largest numbers end, and have ticks that can be counted") {
  for (const bool logarithmic : {false, true}) {
    const keel::ChartAxis axis = keel::value_axis(0.5, 1.7e308, false, logarithmic);
    CHECK(std::isfinite(axis.high));
    CHECK(keel::logarithmic_ticks(0.5, axis.high).size() < 320);
  }
  CHECK(std::isfinite(keel::value_axis(-1.7e308, 1.7e308, false, false).high));
  CHECK(keel::logarithmic_ticks(1, INFINITY) == std::vector<double>{1});
}

TEST_CASE("an interval of accuracies ends at 100 %") {
  Comparison comparison = keel::testing::empty_comparison();
  comparison.runs = {keel::testing::sample_run("none", 1, {0.9}),
                     keel::testing::sample_run("none", 2, {0.99})};
  CHECK_THAT(report_html(comparison), ContainsSubstring("<small>37.32 to 100.00</small>"));
}

TEST_CASE("dashes tell the reference and repeated colours apart") {
  keel::Axes axes;
  axes.all = {{"norm", {"none", "a", "b", "c", "d", "e", "f", "g", "h", "i"}}};
  axes.baseline = "none";
  CHECK(keel::series_colour(axes, 0) == "var(--c0)");
  CHECK(keel::series_colour(axes, 1) == keel::series_colour(axes, 9));
  CHECK(keel::series_dashed(axes, 0));
  CHECK_FALSE(keel::series_dashed(axes, 8));
  CHECK(keel::series_dashed(axes, 9));
}

TEST_CASE("the report is written whole") {
  const keel::testing::TempFolder folder;
  const Comparison comparison = keel::testing::sample_comparison();
  keel::write_report(comparison, folder.path() / "report.html");
  CHECK(keel::read_file(folder.path() / "report.html") == report_html(comparison));
}
