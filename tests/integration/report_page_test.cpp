// A comparison's report in a browser: report_page.js uses it.

#include <cstdio>
#include <filesystem>
#include <iostream>
#include <string>

#include <keel/core/file.h>

#include "apps/report/report.h"
#include "apps/text/html.h"
#include "tests/apps/sample_comparison.h"
#include "tests/apps/sample_probe.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test.h"

namespace {

std::string output_of(const std::string& command) {
  std::string text;
  std::FILE* pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) text += static_cast<char>(c);
  ::pclose(pipe);
  return text;
}

// The path of a Chromium or Chrome, or nothing.
std::string browser() {
  const std::string path = output_of(
      "command -v chromium || command -v chromium-browser || command -v google-chrome || true");
  return path.substr(0, path.find('\n'));
}

// Two norms at two rates and two batch sizes, with logged steps, probes and a diverged run.
keel::Comparison used_comparison() {
  keel::Comparison comparison = keel::testing::sample_comparison();
  comparison.runs.clear();
  for (const char* lr : {"0.1", "0.01"}) {
    for (const char* batch : {"64", "8"}) {
      for (const char* norm : {"none", "batch"}) {
        for (const std::uint64_t seed : {1u, 2u}) {
          const double start = 0.5 + 0.01 * static_cast<double>(seed);
          keel::Run run = keel::testing::sample_run(norm, seed, {start, start + 0.2});
          if (norm == std::string("none") && lr == std::string("0.1") && seed == 2) {
            run = keel::testing::diverged_run(norm, seed, {start});
          }
          for (int step = 1; step <= 100; ++step) run.steps.push_back({step, 2.0 / step, 0.5});
          run.probes = {keel::testing::sample_probe(1), keel::testing::sample_probe(50)};
          keel::testing::set(run, "lr", lr);
          keel::testing::set(run, "batch-size", batch);
          comparison.runs.push_back(run);
        }
      }
    }
  }
  return comparison;
}

std::string frame(const char* name, int width, const std::string& page) {
  return fmt::format(
      "<pre id=\"{0}\">unused</pre><iframe name=\"{0}\" style=\"border:0\" width=\"{1}\" "
      "height=\"800\" srcdoc=\"{2}\"></iframe>\n",
      name, width, keel::html_escape(page));
}

std::string between(const std::string& text, const std::string& begin, const std::string& end) {
  const std::size_t at = text.find(begin);
  if (at == std::string::npos) return "no " + begin;
  const std::size_t from = at + begin.size();
  return text.substr(from, text.find(end, from) - from);
}

}  // namespace

TEST_CASE("a browser runs a report without an error, wide and on a phone") {
  const std::string program = browser();
  if (program.empty()) {
    std::cout << "this test is skipped: no Chromium is installed\n";
    return;
  }
  const keel::testing::TempFolder folder;
  std::string page = keel::report_html(used_comparison());
  const std::string end = "</body>";
  page.insert(
      page.rfind(end),
      "<script>" + keel::read_file(KEEL_TESTS_DIR "/integration/report_page.js") + "</script>");
  keel::write_file_atomically(folder.path() / "frames.html",
                              "<!DOCTYPE html><meta charset=\"utf-8\">" +
                                  frame("desk", 1280, page) + frame("phone", 375, page));
  const std::string log = (folder.path() / "log").string();
  const std::string document = output_of(
      fmt::format("timeout 120 {} --headless --no-sandbox --disable-gpu --enable-logging=stderr "
                  "--user-data-dir={} --virtual-time-budget=20000 --dump-dom file://{} 2> {}",
                  program, (folder.path() / "profile").string(),
                  (folder.path() / "frames.html").string(), log));
  CHECK(between(document, "<pre id=\"desk\">", "</pre>") == "sound");
  CHECK(between(document, "<pre id=\"phone\">", "</pre>") == "sound");
  CHECK_THAT(keel::read_file(log), !ContainsSubstring("CONSOLE"));
}
