#include <fstream>
#include <string>
#include <type_traits>
#include <vector>

#include <keel/core/error.h>

#include "apps/train/config_fields.h"
#include "apps/train/config_file.h"
#include "apps/train/config_text.h"
#include "tests/support/environment.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test.h"

using keel::TrainConfig;
using keel::testing::Environment;
using keel::testing::TempFolder;

namespace {

// Gives every setting a value that is allowed and not its default.
struct Changer {
  void section(std::string_view) {}
  void operator()(std::string_view, bool& value, keel::Switch, std::string_view) { value = !value; }
  void operator()(std::string_view, std::string& value, keel::FreeText, std::string_view) {
    value = "a \"quoted\" \\ 'thing'\nand\tmore é";
  }
  void operator()(std::string_view, std::string& value, const keel::Name& rule, std::string_view) {
    value = rule.known.back() == value ? rule.known.front() : rule.known.back();
  }
  void operator()(std::string_view, std::string& value, keel::NormName, std::string_view) {
    value = "group:8:eps=0.001+ws";
  }
  void operator()(std::string_view, std::string& value, const keel::RangeOrWord& rule,
                  std::string_view) {
    value = rule.word;
  }
  template <class T>
  void operator()(std::string_view, T& value, const keel::Range&, std::string_view) {
    value = std::is_integral_v<T> ? static_cast<T>(value + 3) : static_cast<T>(0.1 + 0.2);
  }
};

// Every setting with its value, as text.
struct Lister {
  std::vector<std::string> lines;

  void section(std::string_view) {}
  template <class T, class Rule>
  void operator()(std::string_view name, const T& value, const Rule&, std::string_view) {
    lines.push_back(fmt::format("{} = {}", name, value));
  }
};

std::vector<std::string> lines_of(const TrainConfig& config) {
  Lister lister;
  keel::visit_fields(config, lister);
  return lister.lines;
}

// Holds every setting's value against its rule.
struct Checker {
  void section(std::string_view) {}
  template <class T, class Rule>
  void operator()(std::string_view name, T& value, const Rule& rule, std::string_view) {
    CHECK_NOTHROW(keel::read_setting(name, fmt::format("{}", value), value, rule));
  }
};

// What is wrong with a file of this content.
std::string file_error(const std::string& content) {
  const TempFolder folder;
  const auto path = folder.write("run.toml", content);
  TrainConfig config;
  try {
    keel::apply_config_file(config, path);
  } catch (const keel::Error& error) {
    CHECK(error.kind() == keel::ErrorKind::kData);
    CHECK(lines_of(config) == lines_of({}));
    const std::string message = error.what();
    CHECK(message.rfind(path.string() + ":", 0) == 0);
    return message.substr(path.string().size() + 1);
  }
  return "no error";
}

}  // namespace

TEST_CASE("config: every setting survives the way through a file") {
  TrainConfig changed;
  keel::visit_fields(changed, Changer{});
  const auto before = lines_of({}), expected = lines_of(changed);
  for (std::size_t i = 0; i < before.size(); ++i) CHECK(before[i] != expected[i]);

  const TempFolder folder;
  TrainConfig read;
  keel::apply_config_file(read, folder.write("config.toml", keel::to_toml(changed)));
  CHECK(lines_of(read) == expected);
  keel::apply_config_file(read, folder.write("config.toml", keel::to_toml({})));
  CHECK(lines_of(read) == before);
}

TEST_CASE("config: the defaults obey their own rules") {
  TrainConfig config;
  keel::visit_fields(config, Checker{});
}

TEST_CASE("config: a file sets what it has and leaves the rest") {
  const TempFolder folder;
  TrainConfig config{.momentum = 0.5};
  keel::apply_config_file(config, folder.write("c.toml",
                                               "lr = 1\nnorm-momentum = 0.25\n"
                                               "shuffle = false\r\nmodel = 'lenet5'# \"\n"
                                               "  # = \n\ndata = \"a # \\\"b\\\" \\u00e4\" # c"));
  CHECK(config.data == "a # \"b\" \u00e4");
  CHECK(config.lr == 1);
  CHECK(config.norm_momentum == "0.25");
  CHECK(!config.shuffle);
  CHECK(config.model == "lenet5");
  CHECK(config.momentum == 0.5);
  CHECK(config.epochs == TrainConfig{}.epochs);
}

TEST_CASE("config: what is wrong with a file is told with its line") {
  CHECK(file_error("lr = 0.1\n\nbatch_size = 3\n") ==
        "3: unknown setting 'batch_size'; did you mean 'batch-size'? keel train --help lists all");
  CHECK(file_error("epochs = 2.5") ==
        "1: epochs: expected a whole number from 1 to 1000000, got \"2.5\"");
  CHECK(file_error("epochs = '2'") == "1: epochs: expected a value without quotes");
  CHECK(file_error("shuffle = 3") == "1: shuffle: expected true or false, got \"3\"");
  CHECK(file_error("norm = 3") == "1: norm: expected text in quotes");
  CHECK(file_error("lr = nan") == "1: lr: expected a number above 0, got \"nan\"");
  CHECK(file_error("\nepochs = 0") ==
        "2: epochs: expected a whole number from 1 to 1000000, got \"0\"");
  CHECK_THAT(file_error("norm = 'bach'"), ContainsSubstring("did you mean 'batch'?"));
  CHECK(file_error("lr = [0.1]") == "1: lr: expected one value");
  CHECK(file_error("lr = 1979-05-27") == "1: expected a number, true, false, or text in quotes");
  for (const char* broken : {"lr = 0.1\nlr = 0.2", "lr 0.2", "l r = 2", "lr = # 0.2", "\r\n = 0.2",
                             "norm = 'batch' 'group'", "norm = batch", "norm = \"batch\\\"",
                             "norm = 'batch", "data = \"a\\qb\"", "data = \"\xff\""}) {
    CAPTURE(broken);
    CHECK_THAT(file_error(broken), ContainsSubstring("not TOML"));
  }
  CHECK_THAT(file_error("\nlr 0.2"), ContainsSubstring("2 | lr 0.2"));
}

TEST_CASE("config: brackets within brackets end before the stack does") {
  CHECK(file_error("lr = 1\nx = " + std::string(100'000, '[')) ==
        "2: more than 100 brackets within one another");
  CHECK_THAT(file_error("x = " + std::string(100'000, '{')), ContainsSubstring("100 brackets"));
}

TEST_CASE("config: a file that is not there is a data error") {
  TrainConfig config;
  const TempFolder folder;
  CHECK_THROWS_WITH(keel::apply_config_file(config, folder.path() / "no.toml"),
                    ContainsSubstring("no.toml"));
}

TEST_CASE("config: environment variables are named after the flags") {
  CHECK(keel::environment_variable("batch-size") == "KEEL_BATCH_SIZE");
  CHECK(keel::environment_variable("data") == "KEEL_DATASET");
  CHECK(keel::environment_variable("data-dir") == "KEEL_DATA");
}

TEST_CASE("config: the environment sets what it has and is wanted") {
  const auto all = [](std::string_view) { return true; };
  const Environment epochs("KEEL_EPOCHS", "7"), set("KEEL_DATASET", "mnist"),
      dir("KEEL_DATA", "/tmp/sets"), shuffle("KEEL_SHUFFLE", "off"), empty("KEEL_LR", "");
  TrainConfig config;
  keel::apply_environment(config, all);
  CHECK(config.epochs == 7);
  CHECK(config.data == "mnist");
  CHECK(config.data_dir == "/tmp/sets");
  CHECK(!config.shuffle);
  CHECK(config.lr == TrainConfig{}.lr);

  const Environment wrong("KEEL_BATCH_SIZE", "many");
  CHECK_NOTHROW(
      keel::apply_environment(config, [](std::string_view name) { return name == "lr"; }));
  CHECK_THROWS_WITH(keel::apply_environment(config, all),
                    "environment variable KEEL_BATCH_SIZE: expected a whole number from 1 to "
                    "1000000, got \"many\"");
}
