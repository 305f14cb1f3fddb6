#include "apps/report.h"

#include <regex>

#include <keel/core/file.h>

#include "apps/report_charts.h"
#include "tests/apps/sample_comparison.h"
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
  CHECK_THAT(page, ContainsSubstring("A processor"));
  CHECK_THAT(page, ContainsSubstring("90.00 ± 5.00 %"));
  CHECK_THAT(page, ContainsSubstring("2 of 3</span>"));
  CHECK_THAT(page, ContainsSubstring("diverged at step 107 in features.3"));
}

TEST_CASE("each metric is drawn against steps and seconds, the loss on two scales") {
  const std::string page = report_html(keel::testing::sample_comparison());
  CHECK(count(page, "<svg class=\"lines\"") == 12);
  CHECK(count(page, "<figure class=\"chart\"[^>]* hidden>") == 10);
  // Two diverged runs in each figure.
  CHECK(count(page, "class=\"cross\"") == 24);
  CHECK(count(page, "data-metric=\"step_loss\"") == 0);

  Comparison logged = keel::testing::sample_comparison();
  for (int step = 1; step <= 1000; ++step) logged.runs[0].steps.push_back({step, 1.0 / step, 0.5});
  const std::string finer = report_html(logged);
  CHECK(count(finer, "data-metric=\"step_loss\"") == 2);
  CHECK(count(finer, "<svg class=\"lines\"") == 12);
  CHECK(count(finer, "class=\"cross\"") == 24);
  check_sound(finer);
}

TEST_CASE("several settings get a choice and a heat map") {
  Comparison comparison = keel::testing::sample_comparison();
  CHECK(count(report_html(comparison), "name=\"axis") == 0);
  const std::vector<keel::Run> runs = comparison.runs;
  for (keel::Run run : runs) {
    keel::testing::set(run, "lr", "0.01");
    comparison.runs.push_back(run);
  }
  const std::string page = report_html(comparison);
  check_sound(page);
  CHECK(count(page, "name=\"axis1\"") == 2);
  CHECK(count(page, "--share:") == 6);
  CHECK(count(page, "<svg class=\"lines\"") == 24);
  CHECK(count(page, "<tr[^>]*><th scope=\"row\">") == 6 + 3);
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
  for (keel::Run& run : comparison.runs) run.status = keel::RunStatus::kRunning;
  check_sound(report_html(comparison));
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
