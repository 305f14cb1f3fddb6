#include "apps/norms.h"

#include <filesystem>
#include <sstream>
#include <string>

#include <keel/core/file.h>
#include <keel/layers/norm.h>
#include <keel/layers/weight_rule.h>

#include "apps/train/norm_setting.h"
#include "tests/support/test.h"

TEST_CASE("norms: the list has a line for each normalisation and modifier") {
  const std::string list = keel::norm_list();
  for (const auto& [name, entry] : keel::norm_table()) {
    CHECK_THAT(list,
               ContainsSubstring("\n  " + name + " ") && ContainsSubstring(entry.about.summary));
  }
  for (const auto& [name, entry] : keel::weight_rule_table()) {
    CHECK_THAT(list, ContainsSubstring("\n  +" + name + " "));
  }
}

TEST_CASE("norms: one is told with its equation, options and paper") {
  CHECK_THAT(keel::norm_details("group"),
             ContainsSubstring("sqrt(var + eps)") &&
                 ContainsSubstring("group[:N][:eps=X][:affine=yes|no]") &&
                 ContainsSubstring("Wu & He, Group Normalization, ECCV 2018"));
  CHECK(keel::norm_details("ws") == keel::norm_details("+ws"));
  CHECK(keel::norm_details("group:8") == keel::norm_details("group"));
  CHECK(keel::norm_details("group:8+ws") ==
        keel::norm_details("group") + "\n" + keel::norm_details("+ws"));
  CHECK_THROWS_WITH(keel::norm_details("batch:foo"), ContainsSubstring("foo"));
  CHECK_THROWS_WITH(keel::norm_details("gruop"), ContainsSubstring("did you mean 'group'"));
  CHECK_THROWS_WITH(keel::norm_details("bn"), ContainsSubstring("did you mean 'batch'"));
  CHECK_THROWS_WITH(keel::norm_details("+wz"), ContainsSubstring("did you mean 'w"));
}

TEST_CASE("norms: each tells by which op it is computed, or why by none of its own") {
  for (const auto& [name, entry] : keel::norm_table()) {
    CAPTURE(name);
    CHECK_THAT(keel::norm_details(name), ContainsSubstring("\nComputed "));
  }
  for (const auto& [name, entry] : keel::weight_rule_table()) {
    CAPTURE(name);
    CHECK_THAT(keel::norm_details(name), ContainsSubstring("\nComputed "));
  }
}

TEST_CASE("norms: the page of the documentation is what the tables say") {
  const auto path = std::filesystem::path(KEEL_SOURCE_DIR) / "docs" / "normalisations.md";
  INFO("keel norms --markdown > docs/normalisations.md");
  CHECK(keel::read_file(path) == keel::norm_page());
}

TEST_CASE("norms: no text breaks a table of the page") {
  std::istringstream page(keel::norm_page());
  int rows = 0;
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with("| ")) continue;
    ++rows;
    int bars = 0;
    for (std::size_t i = 0; i < line.size(); ++i)
      bars += line[i] == '|' && (i == 0 || line[i - 1] != '\\');
    INFO(line);
    CHECK(bars == 4);
  }
  CHECK(rows > 50);
}

TEST_CASE("norms: flags set what --norm leaves open") {
  keel::TrainConfig config;
  const auto text = [&](const std::string& norm) {
    config.norm = norm;
    return to_text(keel::norm_spec(config));
  };
  CHECK(text("group") == "group");
  config.groups = 4;
  config.norm_eps = 1e-3;
  config.norm_momentum = "none";
  CHECK(text("group") == "group:4:eps=0.001");
  CHECK(text("group:8") == "group:8:eps=0.001");
  CHECK(text("batch") == "batch:momentum=none:eps=0.001");
  CHECK(text("batch:momentum=0.2") == "batch:momentum=0.2:eps=0.001");
  CHECK(text("none") == "none");
  config.weight_standardization = true;
  CHECK(text("none") == "none+ws");
  CHECK(text("none+sn") == "none+ws+sn");
  CHECK(text("none+sws") == "none+sws");
}
