#include "apps/report/formats.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "tests/apps/sample_comparison.h"
#include "tests/apps/sample_probe.h"
#include "tests/support/test.h"

using keel::Comparison;
using keel::testing::sample_comparison;

namespace {

Comparison two_rates() {
  Comparison comparison = sample_comparison();
  const std::vector<keel::Run> runs = comparison.runs;
  for (keel::Run run : runs) {
    keel::testing::set(run, "lr", "0.01");
    comparison.runs.push_back(run);
  }
  return comparison;
}

}  // namespace

TEST_CASE("the Markdown has the finding and a row per variant") {
  const std::string text = keel::report_markdown(sample_comparison());
  CHECK_THAT(text, ContainsSubstring("# Normalisation on digits\n\nMost accurate is batch, with"));
  CHECK_THAT(text, ContainsSubstring("\n- Gain: batch against none: +20.00 points"));
  CHECK_THAT(
      text, ContainsSubstring("| normalisation | rank | final test accuracy | 95 % interval of the "
                              "mean | against none |"));
  CHECK_THAT(text, ContainsSubstring("\n| batch | 1 | 90.00 ± 5.00 % | 77.58 to 100.00 | +20.00 | "
                                     "+7.58 to +32.42 | 0.1000 | 0.792 | 152 | 480 | 0 of 3 |\n"));
  CHECK_THAT(text, ContainsSubstring("\n± is the sample standard deviation over the seeds."));
  CHECK_THAT(text, !ContainsSubstring("Stable range"));
  CHECK_THAT(keel::report_markdown(two_rates()),
             ContainsSubstring("Stable range of learning rate:\n\n| normalisation | best at |"));
}

TEST_CASE("a name cannot break a Markdown table") {
  Comparison comparison = sample_comparison();
  for (keel::Run& run : comparison.runs) {
    if (run.settings["norm"] == "layer") keel::testing::set(run, "norm", "a|b\nc");
  }
  CHECK_THAT(keel::report_markdown(comparison), ContainsSubstring("| a\\|b c | "));
  comparison = sample_comparison();
  for (keel::Run& run : comparison.runs) {
    if (run.settings["norm"] == "batch") keel::testing::set(run, "norm", "<i>");
  }
  const std::string text = keel::report_markdown(comparison);
  CHECK_THAT(text, ContainsSubstring("Most accurate is \\<i>,"));
  CHECK(std::regex_search(text, std::regex("(^|[^\\\\])<i>")) == false);
}

TEST_CASE("the JSON has a record per variant") {
  const auto document = nlohmann::json::parse(keel::report_json(sample_comparison()));
  CHECK(document["baseline"] == "none");
  CHECK(document["target_accuracy"] == 0.8);
  REQUIRE(document["variants"].size() == 3);
  const auto& batch = document["variants"][1];
  CHECK(batch["norm"] == "batch");
  CHECK(batch["batch_size"] == 64);
  CHECK(batch["lr"] == 0.1);
  CHECK(batch["peak_tensor_bytes"] == 123456789);
  CHECK(batch["completed"] == 3);
  CHECK(batch["rank"] == 1);
  CHECK(batch["like_next"] == false);
  CHECK(batch["accuracy"].get<double>() == Approx(0.9));
  CHECK(batch["accuracy_low"].get<double>() == Approx(0.9 - 4.30265 * 0.05 / std::sqrt(3)));
  CHECK(batch["accuracy_high"] == 1);  // and not beyond
  CHECK(batch["epochs_to_target"].get<double>() == Approx((1.5 + 1.25 + 1.8) / 3));
  CHECK(batch["accuracy_difference"].get<double>() == Approx(0.2));
  CHECK(batch["loss_difference"].get<double>() == Approx(-0.2));  // the samples' 1 - accuracy
  CHECK(batch["loss_difference_low"].get<double>() == Approx(-0.2 - 4.30265 * 0.05 / std::sqrt(3)));
  CHECK(batch["accuracy_area_difference"].get<double>() == Approx((0.2 + 0.15 + 0.175) / 3));
  for (const char* field : {"accuracy_difference", "loss_difference", "accuracy_area_difference"}) {
    CHECK(document["variants"][0][field].is_null());
  }
  CHECK(document["variants"][2]["diverged"] == 2);
  CHECK(document["variants"][2]["accuracy_low"].is_null());
}

TEST_CASE("the JSON has the stable ranges, and with probes the landscape's extremes") {
  CHECK(nlohmann::json::parse(keel::report_json(sample_comparison()))["stable_ranges"].empty());
  Comparison probed = two_rates();
  probed.runs[0].probes = {keel::testing::sample_probe(1), keel::testing::sample_probe(2)};
  probed.runs[0].probes[1].landscape.by_rate.beta = keel::kNotMeasured;
  const auto document = nlohmann::json::parse(keel::report_json(probed));
  const auto& range = document["stable_ranges"][0];
  CHECK(range["axis"] == "lr");
  CHECK(range["variant"] == "batch");
  CHECK(range["low"] == 0.01);
  CHECK(range["high"] == 0.1);
  CHECK(range["open"] == true);
  CHECK(range["decades"] == 1);
  const auto& landscape = document["variants"][0]["landscape"];
  CHECK(landscape["by_step"]["beta"]["largest"] == 17.5);
  CHECK(landscape["by_rate"]["beta"]["largest"].is_null());
  CHECK(landscape["by_rate"]["beta"]["not_finite"] == 1);
  CHECK(landscape["by_rate"]["loss_band"]["median"] == 0.5);
}

TEST_CASE("the CSV has the same fields, empty where nothing is known") {
  const std::string text = keel::report_csv(sample_comparison());
  CHECK(text.rfind(
            "norm,lr,batch_size,runs,completed,diverged,failed,unfinished,rank,like_next,accuracy,",
            0) == 0);
  CHECK(std::count(text.begin(), text.end(), '\n') == 4);
  CHECK_THAT(text, ContainsSubstring("\r\nlayer,0.1,64,3,1,2,0,0,3,false,0.85,,,,"));
  CHECK(keel::report_csv(Comparison{}).empty());
}

TEST_CASE("with probes every format of text has what they measured") {
  Comparison probed = sample_comparison();
  probed.runs[0].probes = {keel::testing::sample_probe(1), keel::testing::sample_probe(2)};
  const auto diagnostics =
      nlohmann::json::parse(keel::report_json(probed))["variants"][0]["diagnostics"];
  CHECK(diagnostics["held_out_accuracy"]["recalibrated"]["2"] == 0.625);
  CHECK(diagnostics["milliseconds_of_a_step"]["conv2d"] == 1.5);
  CHECK(diagnostics["gradient_norm"]["features.1"]["1"] == 0.25);
  CHECK(diagnostics["activation_p85"]["features.2 unit 1"]["2"] == 1.5);

  const std::string csv = keel::diagnostics_csv(probed);
  CHECK(csv.rfind("norm,lr,batch_size,measure,of,step,value\r\n", 0) == 0);
  CHECK_THAT(csv, ContainsSubstring("\r\nnone,0.1,64,held_out_accuracy,recalibrated,2,0.625\r\n"));
  CHECK_THAT(csv, ContainsSubstring("\r\nnone,0.1,64,milliseconds_of_a_step,conv2d,,1.5\r\n"));
  CHECK_THAT(csv, ContainsSubstring("\r\nnone,0.1,64,gradient_norm,features.1,1,0.25\r\n"));
  CHECK_THAT(csv, ContainsSubstring("\r\nnone,0.1,64,loss_band_by_rate,at the weights,1,2.5\r\n"));
  CHECK_THAT(csv, ContainsSubstring("\r\nnone,0.1,64,activation_p15,features.2 unit 2,1,-2.0\r\n"));

  const std::string markdown = keel::report_markdown(probed);
  CHECK_THAT(markdown, ContainsSubstring("Held-out accuracy by statistics, at the last probe:"));
  CHECK_THAT(markdown, ContainsSubstring("| none | 50.00 % | 62.50 % | 75.00 % |"));
  CHECK_THAT(markdown, ContainsSubstring("| op | none |"));
  CHECK_THAT(markdown, ContainsSubstring("| conv2d | 1.5 |"));
  CHECK_THAT(markdown, ContainsSubstring("| layer | Gradient norm | Update ratio |"));
  CHECK_THAT(markdown, ContainsSubstring("| none: features.1 | 0.25 | 0.5 |"));
  CHECK_THAT(markdown, ContainsSubstring("| none | 0.5 | 0.5 | 1.5 | 1.5 | 17.5 | 17.5 |"));
  CHECK_THAT(markdown, ContainsSubstring("| none: features.2 unit 2 | -2 | 0.5 | 2 |"));
}

TEST_CASE("figures get names that tell them apart") {
  const Comparison comparison = two_rates();
  std::set<std::string> names;
  const auto files = keel::report_svgs(comparison, true);
  for (const keel::FigureFile& file : files) {
    names.insert(file.name);
    CHECK(file.svg.rfind("<svg xmlns=", 0) == 0);
  }
  CHECK(names.size() == files.size());
  CHECK(names.count("test-accuracy-by-step-lr-0.1.svg") == 1);
  CHECK(names.count("test-loss-by-seconds-lr-0.01-log.svg") == 1);
  CHECK(names.count("final-test-accuracy-by-lr.svg") == 1);
  CHECK(names.count("final-test-accuracy-dots-learning-rate-0.01.svg") == 1);
  CHECK(names.count("final-test-accuracy-by-lr-map.svg") == 1);
  CHECK(keel::report_svgs(comparison, false).size() == 5 + 3);

  Comparison probed = sample_comparison();
  probed.runs[0].probes = {keel::testing::sample_probe(1)};
  names.clear();
  for (const keel::FigureFile& file : keel::report_svgs(probed, true)) names.insert(file.name);
  CHECK(names.count("activations-by-step-layer-1-unit-2.svg") == 1);
  CHECK(names.count("gradient-norm-by-layer-none-map.svg") == 1);
  CHECK(names.count("final-test-accuracy-dots.svg") == 1);
}

TEST_CASE("figures of names that differ in punctuation alone are all written") {
  Comparison comparison = sample_comparison();
  for (keel::Run& run : comparison.runs) {
    keel::testing::set(run, "lr", run.seed == 1 ? "0.1" : "0.01");
    if (run.settings["norm"] == "layer") keel::testing::set(run, "norm", "group 8");
    if (run.settings["norm"] == "batch") keel::testing::set(run, "norm", "group+8");
    run.probes = {keel::testing::sample_probe(1)};
  }
  std::set<std::string> names;
  const auto files = keel::report_svgs(comparison, true);
  for (const keel::FigureFile& file : files) names.insert(file.name);
  CHECK(names.size() == files.size());
  CHECK(names.count("gradient-norm-by-layer-group-8-lr-0.1-map-2.svg") +
            names.count("gradient-norm-by-layer-group-8-learning-rate-0.1-map-2.svg") ==
        1);
}

TEST_CASE("maps and dots as files show what the page's do") {
  const auto files = keel::report_svgs(two_rates(), true);
  const auto file = [&](std::string_view name) {
    for (const keel::FigureFile& one : files) {
      if (one.name == name) return one.svg;
    }
    return std::string();
  };
  const std::string map = file("final-test-accuracy-by-lr-map.svg");
  for (const char* text : {">Final test accuracy</tspan>", ">learning rate</text>", ">0.01</text>",
                           ">layer</text>", "fill:rgb(0,114,178);fill-opacity:0.500;"}) {
    CHECK_THAT(map, ContainsSubstring(text));
  }
  CHECK(map.find("var(") == std::string::npos);
  const std::string dots = file("final-test-accuracy-dots-learning-rate-0.1.svg");
  CHECK_THAT(dots, ContainsSubstring(">layer</text>"));
  CHECK_THAT(dots, ContainsSubstring("<circle class=\"dot\""));
  CHECK(dots.find("var(") == std::string::npos);
}
